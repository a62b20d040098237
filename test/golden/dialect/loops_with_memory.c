/* Locals in memory of loop bodies: a fresh one each round, gone after break, continue and goto. */
#include "check.h"

struct buffer { int n; int data[2]; };

static void put(struct buffer *b, int v) { b->data[b->n++] = v; }

static int rounds(void)
{
	int i, total = 0;

	for (i = 0; i < 6; i++) {
		struct buffer b = { 0 };

		put(&b, i);
		if (i == 1)
			continue;
		if (i == 4)
			break;
		put(&b, 1);
		total += b.n * 10 + b.data[0];
	}
	while (i-- > 0) {
		struct buffer b;

		assert(b.n == 0);
		b.n = 3;
		if (i == 2)
			goto out;
	}
	total = -1;
out:
	return total;
}

static struct buffer filled(int v)
{
	struct buffer b = { 1, { v, v } };

	return b;
}

static void run(void)
{
	int i, sum = 0;

	assert(rounds() == 65);
	for (i = 0; filled(i).data[1] < 3; i++)
		sum += filled(i * 2).data[0];
	assert(sum == 6);
	do {
		sum -= filled(1).n;
	} while (filled(sum).data[0] > 2);
	assert(sum == 2);
}
