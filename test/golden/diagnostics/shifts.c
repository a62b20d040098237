#include <raceproof.h>
static int x;
static void f(void)
{
	x = x << 32;
	x = x >> -1;
	x = 1 << 40;
}
scenario s(void) { thread("a", f()); }
