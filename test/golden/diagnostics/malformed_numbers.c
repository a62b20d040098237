#include <raceproof.h>
static int x;
static void f(void)
{
	x = 0xZZ;
	x = 12abc;
	x = 3u5;
}
scenario s(void) { thread("a", f()); }
