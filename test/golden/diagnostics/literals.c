#include <raceproof.h>
static int x;
static void f(void)
{
	x = 'ab';
	x = 09;
	x = '\q';
	x = 0b12;
}
scenario s(void) { thread("a", f()); }
