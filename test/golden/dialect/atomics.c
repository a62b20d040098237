/* The atomic family: what each gives and leaves. */
#include "check.h"
#include <linux/atomic.h>

static atomic_t v = ATOMIC_INIT(3);
static atomic_long_t l;
static int word = 7;
static int *pointer;

static void run(void)
{
	int old = 3, cell = 1;

	assert(atomic_read(&v) == 3);
	atomic_inc(&v);
	atomic_add(5, &v);
	assert(atomic_read(&v) == 9);
	atomic_dec(&v);
	atomic_sub(2, &v);
	assert(atomic_read(&v) == 6);
	assert(atomic_inc_return(&v) == 7 && atomic_dec_return(&v) == 6 && atomic_add_return(4, &v) == 10);
	assert(atomic_sub_return(3, &v) == 7 && atomic_fetch_add(1, &v) == 7 && atomic_fetch_sub(2, &v) == 8);
	assert(atomic_fetch_inc(&v) == 6 && atomic_fetch_dec_relaxed(&v) == 7 && atomic_read(&v) == 6);
	atomic_or(9, &v);
	assert(atomic_read(&v) == 15);
	atomic_and(6, &v);
	atomic_xor(1, &v);
	atomic_andnot(2, &v);
	assert(atomic_read(&v) == 5);
	assert(atomic_fetch_or(2, &v) == 5 && atomic_fetch_and(3, &v) == 7 && atomic_fetch_andnot(1, &v) == 3);
	assert(atomic_xchg(&v, 1) == 2 && atomic_cmpxchg(&v, 1, 4) == 1 && atomic_cmpxchg(&v, 1, 9) == 4);
	assert(!atomic_try_cmpxchg(&v, &old, 8) && old == 4 && atomic_try_cmpxchg(&v, &old, 8));
	atomic_set(&v, 2);
	assert(!atomic_dec_and_test(&v) && atomic_dec_and_test(&v) && !atomic_inc_not_zero(&v));
	atomic_set(&v, 1);
	assert(atomic_inc_not_zero(&v) && atomic_read(&v) == 2 && atomic_sub_and_test(2, &v));
	assert(atomic_add_unless(&v, 3, 5) && atomic_fetch_add_unless(&v, 1, 3) == 3 && atomic_read(&v) == 3);
	assert(atomic_dec_if_positive(&v) == 2 && !atomic_inc_and_test(&v) && atomic_add_negative(-9, &v));
	assert(!atomic_inc_unless_negative(&v) && atomic_dec_unless_positive(&v) && atomic_read(&v) == -7);
	atomic_long_set(&l, 5);
	assert(atomic_long_inc_return(&l) == 6);
	assert(xchg(&word, 8) == 7 && word == 8 && cmpxchg(&word, 8, 9) == 8 && cmpxchg(&word, 8, 10) == 9);
	assert(xchg(&pointer, &word) == NULL && *pointer == 9 && cmpxchg(&pointer, &word, NULL) == &word);
	old = 1;
	assert(!try_cmpxchg(&word, &old, 2) && old == 9 && try_cmpxchg(&word, &old, 2) && word == 2);
	assert(xchg(&cell, 5) == 1 && cell == 5);
}
