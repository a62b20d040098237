#include <raceproof.h>
static int counter;
static void f(void)
{
	conter = 1;
	conter++;
	counter = missing + another_missing;
}
scenario s(void) { thread("a", f()); }
