#include <raceproof.h>
static int x;
static void f(void)
{
	int many[20000];

	many[x] = 1;
}
scenario s(void) { thread("a", f()); }
