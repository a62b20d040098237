#include <raceproof.h>
static int x;
static void f(void)
{
	3 = x;
	x + 1 = 4;
	x++ = 7;
}
scenario s(void) { thread("a", f()); }
