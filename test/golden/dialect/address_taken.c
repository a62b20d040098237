/* Locals whose address is passed down live in memory, one for each call and each round of a loop. */
#include "check.h"

struct context { int depth; int *out; };

static void fill(struct context *ctx, int v)
{
	ctx->depth = v;
	*ctx->out = v * 2;
}

static int use(int v)
{
	int result = 0;
	struct context ctx = { .out = &result };

	fill(&ctx, v);
	return ctx.depth + result;
}

static void increment(int *x) { (*x)++; }

static int parameter(int x)
{
	increment(&x);
	return x;
}

static void run(void)
{
	int i, sum = 0;

	assert(use(3) == 9 && use(4) == 12);
	for (i = 0; i < 3; i++) {
		int fresh = 0;

		increment(&fresh);
		increment(&sum);
		assert(fresh == 1);
	}
	assert(sum == 3 && parameter(6) == 7);
}
