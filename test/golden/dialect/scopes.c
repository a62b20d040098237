/* Inner names hide outer ones; each block has its own; a parameter may be hidden. */
#include "check.h"

static int x = 1;
static int value(void) { return x; }

static int hides(int a)
{
	int r = a;
	{
		int a = 5;

		r += a;
		{
			int a = 7;

			r += a;
		}
		r += a;
	}
	return r + a;
}

static void run(void)
{
	int x = 2;

	assert(x == 2 && value() == 1);
	{
		int x = 3;

		assert(x == 3);
		for (int x = 4; x < 5; x++)
			assert(x == 4);
		assert(x == 3);
	}
	assert(x == 2 && hides(1) == 1 + 5 + 7 + 5 + 1);
	{
		struct local { int v; } l = { 6 };
		enum { INNER = 9 };

		assert(l.v + INNER == 15);
	}
}
