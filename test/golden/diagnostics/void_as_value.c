#include <raceproof.h>
static int x;
static void *v;
static void nothing(void) { }
static void takes(int a) { }
static void f(void)
{
	x = nothing();
	takes(nothing());
	if (nothing())
		x = 1;
	x = *v;
	*v = 1;
	void y;
}
scenario s(void) { thread("a", f()); }
