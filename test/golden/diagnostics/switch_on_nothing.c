#include <raceproof.h>
struct pair { int a, b; };
static struct pair p;
static void f(void)
{
	switch (p) {
	case 0:
		break;
	}
}
scenario s(void) { thread("a", f()); }
