#include <raceproof.h>
static int x, *p;
static struct { int field; } s1;
static void f(void)
{
	x();
	p(1);
	s1.field(2);
	(x + 1)(3);
}
scenario s(void) { thread("a", f()); }
