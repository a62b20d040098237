#include <raceproof.h>
static int x;
static int *p;
static void f(void)
{
	p = &3;
	p = &(x + 1);
	*x = 5;
	p = *x;
	x[0] = 1;
}
scenario s(void) { thread("a", f()); }
