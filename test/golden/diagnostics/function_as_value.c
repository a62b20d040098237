#include <raceproof.h>
static int x;
static int value(int v) { return v; }
static void f(void)
{
	int *p = value;

	x = value + 1;
	value++;
	if (value(1, 2) == 3)
		x = 1;
	x = p;
}
scenario s(void) { thread("a", f()); }
