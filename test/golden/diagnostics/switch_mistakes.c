#include <raceproof.h>
static int x;
static void f(int v, int *p)
{
	switch (v) {
	case 1:
	case 2:
	case 1:
		x = 1;
		break;
	case 3 ... 5:
	case 4:
		x = 2;
	case 9 ... 7:
	case v:
		x = 3;
	default:
	default:
		x = 4;
	}
	switch (p) {
	case 0:
		x = 5;
	}
}
scenario s(void) { thread("a", f(1, 0)); }
