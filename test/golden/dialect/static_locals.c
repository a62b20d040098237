/* A static local keeps its value; there is one for all calls. */
#include "check.h"

static int next(void)
{
	static int counter = 10;

	return counter++;
}

static int *shared(void)
{
	static int cell;

	return &cell;
}

static void run(void)
{
	static const int table[] = { 3, 4, 5 };

	assert(next() == 10 && next() == 11 && next() == 12);
	*shared() = 7;
	assert(*shared() == 7 && table[2] == 5);
}
