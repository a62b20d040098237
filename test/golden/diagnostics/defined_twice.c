#include <raceproof.h>
static int x;
static void f(void) { x = 1; }
static void f(void) { x = 2; }
static void g(void)
{
	int a;
	int a;
}
scenario s(void) { thread("a", f()); thread("b", g()); }
