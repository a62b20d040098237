/* && and || stop early; ?: evaluates one branch; comma; the GNU ?: without a middle. */
#include "check.h"

static int calls;

static int yes(void) { calls++; return 1; }
static int no(void) { calls++; return 0; }

static void run(void)
{
	int x, *p = NULL, here = 3;

	assert((no() && yes()) == 0 && calls == 1);
	assert((yes() || no()) == 1 && calls == 2);
	assert((yes() && no()) == 0 && calls == 4);
	assert((no() || yes()) == 1 && calls == 6);
	assert(!p || *p);
	assert(!(p && *p));
	x = yes() ? 5 : no();
	assert(x == 5 && calls == 7);
	x = no() ? yes() : 6;
	assert(x == 6 && calls == 8);
	x = (calls = 0, yes(), calls + 10);
	assert(x == 11);
	x = 0 ?: 7;
	assert(x == 7);
	x = here ?: 7;
	assert(x == 3);
	x = yes() ?: no();
	assert(x == 1 && calls == 2);
	p = x ? &here : NULL;
	assert(p == &here);
	assert((x == 1 ? 2 : 3) == 2 && (1 ? -1 : 0u) > 0);
	x = (1 && 2) + (0 || 3);
	assert(x == 2);
	assert((x > 1) + (x > 5) == 1);
	if (no() || (no() && yes()) || !no())
		x = 9;
	assert(x == 9 && calls == 5);
}
