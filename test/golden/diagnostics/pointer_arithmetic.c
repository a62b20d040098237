#include <raceproof.h>
static int *p, *q, x;
static void f(void)
{
	x = p * 2;
	p = p + q;
	p = p & 3;
	x = -p;
	p <<= 1;
	x = p - q;
}
scenario s(void) { thread("a", f()); }
