#include <raceproof.h>
struct pair { int a, b; };
struct other { int a, b; };
static struct pair p;
static struct other o;
static int x;
static void takes_pair(struct pair q) { }
static void f(void)
{
	x = p;
	p = x;
	p = o;
	if (p)
		x = 1;
	x = p + 1;
	takes_pair(x);
	x = !p;
	while (p) { }
}
scenario s(void) { thread("a", f()); }
