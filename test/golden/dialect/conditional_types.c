/* ?: and pointers, NULL, void and mixed integers. */
#include "check.h"

static int seen;
static void left(void) { seen = 1; }
static void right(void) { seen = 2; }

static void run(void)
{
	int a = 1, b = 2, which = 1;
	int *p = which ? &a : NULL, *q = !which ? NULL : &b;
	void *v = which ? (void *)p : q;

	assert(*p == 1 && *q == 2 && v == &a);
	which ? left() : right();
	assert(seen == 1);
	!which ? left() : right();
	assert(seen == 2);
	assert((which ? 1 : 2) + (which ? (u8)3 : -1) == 4);
	assert((which == 0 ? a : which == 1 ? b : 9) == 2);
	*(which ? &a : &b) = 6;
	assert(a == 6 && b == 2);
}
