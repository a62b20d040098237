#include <raceproof.h>
static int x;
static void f(void)
{
	if (x) {
		x = 1;
}
scenario s(void) { thread("a", f()); }
