#include <raceproof.h>
typedef int number;
static int x;
static void take(int v) { x = v; }
static void f(void)
{
	x = number;
	x = sizeof(struct nothing);
	take(number);
	number = 3;
}
scenario s(void) { thread("a", f()); }
