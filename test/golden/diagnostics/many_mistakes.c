#include <raceproof.h>
#define FIVE(n) a##n = 1; b##n = 1; c##n = 1; d##n = 1; e##n = 1;
static void f(void)
{
	FIVE(0)
	FIVE(1)
	FIVE(2)
	FIVE(3)
	FIVE(4)
	FIVE(5)
	FIVE(6)
	FIVE(7)
	FIVE(8)
	FIVE(9)
	FIVE(10)
	FIVE(11)
}
scenario s(void) { thread("a", f()); }
