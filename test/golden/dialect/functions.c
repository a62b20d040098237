/* Prototypes, static and inline functions, parameters by value, void functions, early returns. */
#include "check.h"

static int later(int a, int b);
int with_prototype(void);
static inline int twice(int x) { return x * 2; }

static int changes_its_parameter(int x)
{
	x += 1;
	return x;
}

static void early(int *out, int stop)
{
	*out = 1;
	if (stop)
		return;
	*out = 2;
}

static void forwards(int *out) { return early(out, 0); }

static void run(void)
{
	int x = 5, y;

	assert(later(3, 4) == 34 && with_prototype() == 12 && twice(twice(3)) == 12);
	assert(changes_its_parameter(x) == 6 && x == 5);
	early(&y, 1);
	assert(y == 1);
	forwards(&y);
	assert(y == 2);
	assert((later)(1, 2) == 12 && (*later)(1, 2) == 12 && (&later)(1, 2) == 12);
}

static int later(int a, int b)
{
	return a * 10 + b;
}

int with_prototype(void)
{
	return 12;
}
