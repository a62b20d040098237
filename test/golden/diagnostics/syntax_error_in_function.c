#include <raceproof.h>
static int x;
static void f(void)
{
	x = 1
	x = 2;
}
static void unreachable(void)
{
	this is not C at all;
}
scenario s(void) { thread("a", f()); }
