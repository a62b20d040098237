#include <raceproof.h>
static double rate;
static void f(void)
{
	float x = 1;
	int y = 2.5;
	int z = 3;

	z = x + y;
	rate = 1;
}
scenario s(void) { thread("a", f()); }
