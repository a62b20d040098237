#include <raceproof.h>
static int x;
static void f(void)
{
	x = 0xZZ;
	x = 12abc;
}
scenario s(void) { thread("a", f()); }
