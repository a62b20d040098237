#include <raceproof.h>
static void f(void)
{
	foo_t x = 3;
	struct bar y;
	bar z;

	x = 4;
}
struct bar2 { int a; };
static void g(void) { bar2 z; z.a = 1; }
scenario s(void) { thread("a", f()); thread("b", g()); }
