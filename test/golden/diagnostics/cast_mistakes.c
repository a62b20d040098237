#include <raceproof.h>
struct pair { int a, b; };
static struct pair p;
static int x;
static void f(void)
{
	x = (int)p;
	p = (struct pair)x;
	x = (int[2])x;
	x = (unknown_t)x;
}
scenario s(void) { thread("a", f()); }
