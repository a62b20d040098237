#include <raceproof.h>
static int n = 3;
static int sized_by_variable[n];
static int negative[-1];
static int unsized[];
static void f(int count)
{
	int vla[count];
	int x[];

	vla[0] = 1;
	sized_by_variable[0] = 1;
	negative[0] = 1;
	unsized[0] = 1;
}
scenario s(void) { thread("a", f(2)); }
