/* Locals without an initialiser read as 0; the rest of an initialiser is 0. */
#include "check.h"

struct pair { int a, b; };

static void run(void)
{
	int i;

	for (i = 0; i < 2; i++) {
		int x;
		struct pair p;
		int array[4] = { 1 };

		assert(x == 0 && p.a == 0 && p.b == 0);
		assert(array[0] == 1 && array[1] == 0 && array[3] == 0);
		x = 5;
		p.a = p.b = 7;
		array[3] = 9;
	}
}
