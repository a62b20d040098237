#include <raceproof.h>

struct pair {
	int a, b;
};

static __thread int with_value = 1;
static __thread struct pair pair;
static __thread int own;
static int *where = &own;

static void work(void)
{
	static __thread int inside;

	with_value++;
	pair.a = 1;
	*(&own) = 2;
	*where = inside;
}

scenario uses(void)
{
	thread("work", work());
}
