/* choose() gives any value below its bound; assume() drops the other runs. */
#include "check.h"

static void run(void)
{
	int a = choose(3), b = choose(2);

	assert(a >= 0 && a < 3 && (b == 0 || b == 1));
	assume(a <= 2);
	assert(choose(1) == 0);
}
