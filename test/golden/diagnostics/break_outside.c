#include <raceproof.h>
static void f(int x)
{
	break;
	if (x)
		continue;
	switch (x) {
	case 1:
		continue;
	}
	case 3:
	default:
		x = 1;
}
scenario s(void) { thread("a", f(1)); }
