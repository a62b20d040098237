#include <raceproof.h>
static int x;
static int sign(int v)
{
	if (v > 0)
		return 1;
	else if (v < 0)
		return -1;
}
static int unused_result(int v)
{
	if (v)
		return 1;
}
static int empty_return(void)
{
	return;
}
static void returns_value(void)
{
	return 3;
}
static void f(void)
{
	x = sign(x);
	unused_result(x);
	x = empty_return();
	returns_value();
}
scenario s(void) { thread("a", f()); }
