#include <raceproof.h>
static int x;
static void f(void)
{
	goto nowhere;
again:
	x = 1;
again:
	if (x)
		goto again;
}
scenario s(void) { thread("a", f()); }
