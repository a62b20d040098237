/* Calls within calls; each inlined copy has its own variables. */
#include "check.h"

static int inc(int x) { int local = x; local++; return local; }
static int both(int a, int b) { int local = inc(a) * 10; return local + inc(b); }
static int deep(int x) { return both(inc(x), both(x, inc(inc(x)))); }

static void run(void)
{
	assert(both(1, 2) == 23 && both(inc(1), inc(inc(2))) == 35);
	assert(deep(0) == 20 + 14);
	assert(inc(inc(inc(0))) == 3);
}
