/* ({ ... }) has the value of its last statement; nested; with its own names; typeof. */
#include "check.h"

#define twice_the_larger(a, b) ({ typeof(a) __a = (a); typeof(b) __b = (b); 2 * (__a > __b ? __a : __b); })

struct pair { int a, b; };
static int calls;
static int counted(int v) { calls++; return v; }

static int leaves(int v)
{
	int r = ({ if (v) return 50; v + 1; });

	return r;
}

static void run(void)
{
	int x = ({ int t = 3; t++; t * 2; });
	struct pair p = ({ struct pair made = { 1, 2 }; made.b = 5; made; });
	typeof(x) y = 4;
	typeof(&p) q = &p;
	typeof(int *) r = &y;
	__typeof__(*q) copy = *q;

	assert(x == 8 && p.b == 5);
	assert(twice_the_larger(counted(3), counted(7)) == 14 && calls == 2);
	assert(min(counted(4), 9) == 4 && max(2, counted(5)) == 5 && calls == 4);
	assert(*r == 4 && copy.b == 5 && q->a == 1);
	({ x = 1; });
	assert(x == 1 && leaves(1) == 50 && leaves(0) == 1);
	x = ({ int x = 6; ({ int x = 7; x; }) + x; });
	assert(x == 13);
}
