#include <raceproof.h>
static void f(void)
{
	int helper(int a) { return a + 1; }

	helper(1);
}
scenario s(void) { thread("a", f()); }
