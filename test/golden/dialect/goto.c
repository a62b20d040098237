/* goto forwards, backwards, out of blocks and loops, the kernel's unwinding. */
#include "check.h"

static int trace;

static int unwind(int fail_at)
{
	int err = -1;

	trace = 0;
	if (fail_at == 1)
		goto out;
	trace |= 1;
	if (fail_at == 2)
		goto undo_first;
	trace |= 2;
	if (fail_at == 3)
		goto undo_second;
	return 0;

undo_second:
	trace &= ~2;
undo_first:
	trace &= ~1;
out:
	return err;
}

static int backwards(void)
{
	int n = 0;

again:
	n++;
	if (n < 5)
		goto again;
	return n;
}

static int out_of_loops(void)
{
	int i, j = 0;

	for (i = 0; i < 10; i++) {
		for (j = 0; j < 10; j++) {
			int product[1] = { i * j };

			if (product[0] == 6)
				goto found;
		}
	}
	return -1;
found:
	return i * 10 + j;
}

static int past_a_declaration(int skip)
{
	int *p;

	if (skip)
		goto behind;
	int x = 5;

	p = &x;
	return *p;
behind:
	x = 7;
	p = &x;
	return *p;
}

static int into_a_block(int x)
{
	if (x > 2)
		goto inside;
	if (x == 0) {
inside:
		return 1;
	}
	return 0;
}

static void run(void)
{
	assert(unwind(0) == 0 && trace == 3);
	assert(unwind(1) == -1 && trace == 0);
	assert(unwind(2) == -1 && trace == 0);
	assert(unwind(3) == -1 && trace == 0);
	assert(backwards() == 5);
	assert(out_of_loops() == 16);
	assert(past_a_declaration(0) == 5 && past_a_declaration(1) == 7);
	assert(into_a_block(0) == 1 && into_a_block(1) == 0 && into_a_block(3) == 1);
}
