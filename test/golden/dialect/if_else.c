/* if, else if, else; dangling else; conditions of every kind. */
#include "check.h"

static int classify(int x)
{
	if (x < 0)
		return -1;
	else if (x == 0)
		return 0;
	else
		return 1;
}

static int dangling(int a, int b)
{
	if (a)
		if (b)
			return 1;
		else
			return 2;
	return 3;
}

static void run(void)
{
	int *p = NULL, x = 0;

	assert(classify(-5) == -1 && classify(0) == 0 && classify(9) == 1);
	assert(dangling(1, 1) == 1 && dangling(1, 0) == 2 && dangling(0, 1) == 3);
	if (!p)
		x = 1;
	assert(x == 1);
	if (p || x > 3)
		x = 2;
	assert(x == 1);
	if (0)
		x = 3;
	else
		x = 4;
	assert(x == 4);
	if (1) { } else { x = 9; }
	assert(x == 4);
}
