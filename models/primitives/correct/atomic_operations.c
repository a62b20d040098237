/* What each atomic operation leaves and gives back. */
// expect: none
#include <raceproof.h>
#include <linux/atomic.h>

static void values(void)
{
	atomic_t v = ATOMIC_INIT(5);
	atomic_long_t l = ATOMIC_LONG_INIT(1);
	int old = 9;

	assert(atomic_read(&v) == 5);
	atomic_set(&v, 7);
	atomic_inc(&v);
	atomic_dec(&v);
	atomic_add(3, &v);
	atomic_sub(2, &v);
	assert(atomic_read_acquire(&v) == 8);
	assert(atomic_add_return(2, &v) == 10 && atomic_sub_return(1, &v) == 9);
	assert(atomic_inc_return_relaxed(&v) == 10 && atomic_dec_return_release(&v) == 9);
	assert(atomic_fetch_add(1, &v) == 9 && atomic_fetch_sub(1, &v) == 10);
	assert(atomic_fetch_inc_acquire(&v) == 9 && atomic_fetch_dec(&v) == 10);
	assert(atomic_fetch_or(6, &v) == 9 && atomic_fetch_and(~8, &v) == 15);
	assert(atomic_fetch_xor(1, &v) == 7 && atomic_fetch_andnot(2, &v) == 6);
	atomic_or(3, &v);
	atomic_and(6, &v);
	atomic_xor(15, &v);
	atomic_andnot(1, &v);
	assert(atomic_read(&v) == 8);
	assert(atomic_xchg(&v, 1) == 8);
	assert(atomic_cmpxchg(&v, 2, 3) == 1 && atomic_cmpxchg(&v, 1, 3) == 1);
	assert(!atomic_try_cmpxchg(&v, &old, 4) && old == 3);
	assert(atomic_try_cmpxchg(&v, &old, 2) && old == 3);
	assert(!atomic_dec_and_test(&v) && atomic_dec_and_test(&v));
	assert(!atomic_inc_not_zero(&v) && atomic_dec_if_positive(&v) == -1 && atomic_read(&v) == 0);
	assert(!atomic_add_unless(&v, 5, 0) && atomic_add_unless(&v, 5, 1));
	assert(atomic_fetch_add_unless(&v, 1, 5) == 5 && atomic_fetch_add_unless(&v, 1, 4) == 5);
	assert(atomic_inc_not_zero(&v) && atomic_dec_if_positive(&v) == 6);
	assert(atomic_sub_and_test(6, &v) && !atomic_inc_and_test(&v));
	assert(!atomic_dec_unless_positive(&v) && atomic_inc_unless_negative(&v));
	assert(atomic_add_negative(-3, &v) && !atomic_inc_unless_negative(&v) && atomic_inc_and_test(&v));
	atomic_long_add(2, &l);
	assert(atomic_long_dec_return(&l) == 2 && atomic_long_xchg(&l, 0) == 2);
}

scenario atomic_operations(void)
{
	thread("one", values());
	thread("two", values());
}
