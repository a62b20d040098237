/* A __thread variable is each task's own and begins as 0, in whatever function it is used. */
#include "check.h"

static __thread int depth;
static __thread int *seen;
static int shared;

static int deeper(void)
{
	return ++depth;
}

static void run(void)
{
	assert(depth == 0 && !seen);
	assert(deeper() == 1 && deeper() == 2);
	seen = &shared;
	*seen = 7;
	if (choose(2))
		depth = 9;
	assert(shared == 7 && (depth == 2 || depth == 9));
}

static void raise_own(void)
{
	deeper();
}

scenario others_do_not_see_it(void)
{
	depth = 5;
	thread("raises its own", raise_own());
	thread("runs", run());
	at_end(depth == 0);
}
