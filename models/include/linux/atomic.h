/* Atomic counters: all raceproof's own, each one a step. The long and 64-bit ones are the same: every
 * scalar of a model has one cell. xchg(), cmpxchg() and try_cmpxchg() are raceproof's own too. */
#ifndef _LINUX_ATOMIC_H
#define _LINUX_ATOMIC_H

#include <linux/compiler.h>
#include <linux/types.h>

#define ATOMIC_INIT(i) { (i) }
#define ATOMIC_LONG_INIT(i) { (i) }
#define ATOMIC64_INIT(i) { (i) }

#ifndef __RACEPROOF__
#define xchg(ptr, value) __atomic_exchange_n(ptr, value, __ATOMIC_SEQ_CST)
#define cmpxchg(ptr, old, new) ({							\
	typeof(*(ptr)) __expected = (old);						\
	__atomic_compare_exchange_n(ptr, &__expected, new, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST); \
	__expected;									\
})
#define try_cmpxchg(ptr, old, new) \
	__atomic_compare_exchange_n(ptr, old, new, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)
#endif

#define xchg_relaxed(ptr, value) xchg(ptr, value)
#define xchg_acquire(ptr, value) xchg(ptr, value)
#define xchg_release(ptr, value) xchg(ptr, value)
#define cmpxchg_relaxed(ptr, old, new) cmpxchg(ptr, old, new)
#define cmpxchg_acquire(ptr, old, new) cmpxchg(ptr, old, new)
#define cmpxchg_release(ptr, old, new) cmpxchg(ptr, old, new)
#define cmpxchg64(ptr, old, new) cmpxchg(ptr, old, new)
#define try_cmpxchg_relaxed(ptr, old, new) try_cmpxchg(ptr, old, new)
#define try_cmpxchg_acquire(ptr, old, new) try_cmpxchg(ptr, old, new)
#define try_cmpxchg_release(ptr, old, new) try_cmpxchg(ptr, old, new)

int atomic_read(const atomic_t *v);
int atomic_read_acquire(const atomic_t *v);
void atomic_set(atomic_t *v, int i);
void atomic_set_release(atomic_t *v, int i);
void atomic_add(int i, atomic_t *v);
void atomic_sub(int i, atomic_t *v);
void atomic_and(int i, atomic_t *v);
void atomic_or(int i, atomic_t *v);
void atomic_xor(int i, atomic_t *v);
void atomic_andnot(int i, atomic_t *v);
void atomic_inc(atomic_t *v);
void atomic_dec(atomic_t *v);
int atomic_add_return(int i, atomic_t *v);
int atomic_sub_return(int i, atomic_t *v);
int atomic_inc_return(atomic_t *v);
int atomic_dec_return(atomic_t *v);
int atomic_fetch_add(int i, atomic_t *v);
int atomic_fetch_sub(int i, atomic_t *v);
int atomic_fetch_and(int i, atomic_t *v);
int atomic_fetch_or(int i, atomic_t *v);
int atomic_fetch_xor(int i, atomic_t *v);
int atomic_fetch_andnot(int i, atomic_t *v);
int atomic_fetch_inc(atomic_t *v);
int atomic_fetch_dec(atomic_t *v);
int atomic_xchg(atomic_t *v, int i);
int atomic_cmpxchg(atomic_t *v, int old, int new);
bool atomic_try_cmpxchg(atomic_t *v, int *old, int new);
int atomic_add_return_relaxed(int i, atomic_t *v);
int atomic_sub_return_relaxed(int i, atomic_t *v);
int atomic_inc_return_relaxed(atomic_t *v);
int atomic_dec_return_relaxed(atomic_t *v);
int atomic_fetch_add_relaxed(int i, atomic_t *v);
int atomic_fetch_sub_relaxed(int i, atomic_t *v);
int atomic_fetch_and_relaxed(int i, atomic_t *v);
int atomic_fetch_or_relaxed(int i, atomic_t *v);
int atomic_fetch_xor_relaxed(int i, atomic_t *v);
int atomic_fetch_andnot_relaxed(int i, atomic_t *v);
int atomic_fetch_inc_relaxed(atomic_t *v);
int atomic_fetch_dec_relaxed(atomic_t *v);
int atomic_xchg_relaxed(atomic_t *v, int i);
int atomic_cmpxchg_relaxed(atomic_t *v, int old, int new);
bool atomic_try_cmpxchg_relaxed(atomic_t *v, int *old, int new);
int atomic_add_return_acquire(int i, atomic_t *v);
int atomic_sub_return_acquire(int i, atomic_t *v);
int atomic_inc_return_acquire(atomic_t *v);
int atomic_dec_return_acquire(atomic_t *v);
int atomic_fetch_add_acquire(int i, atomic_t *v);
int atomic_fetch_sub_acquire(int i, atomic_t *v);
int atomic_fetch_and_acquire(int i, atomic_t *v);
int atomic_fetch_or_acquire(int i, atomic_t *v);
int atomic_fetch_xor_acquire(int i, atomic_t *v);
int atomic_fetch_andnot_acquire(int i, atomic_t *v);
int atomic_fetch_inc_acquire(atomic_t *v);
int atomic_fetch_dec_acquire(atomic_t *v);
int atomic_xchg_acquire(atomic_t *v, int i);
int atomic_cmpxchg_acquire(atomic_t *v, int old, int new);
bool atomic_try_cmpxchg_acquire(atomic_t *v, int *old, int new);
int atomic_add_return_release(int i, atomic_t *v);
int atomic_sub_return_release(int i, atomic_t *v);
int atomic_inc_return_release(atomic_t *v);
int atomic_dec_return_release(atomic_t *v);
int atomic_fetch_add_release(int i, atomic_t *v);
int atomic_fetch_sub_release(int i, atomic_t *v);
int atomic_fetch_and_release(int i, atomic_t *v);
int atomic_fetch_or_release(int i, atomic_t *v);
int atomic_fetch_xor_release(int i, atomic_t *v);
int atomic_fetch_andnot_release(int i, atomic_t *v);
int atomic_fetch_inc_release(atomic_t *v);
int atomic_fetch_dec_release(atomic_t *v);
int atomic_xchg_release(atomic_t *v, int i);
int atomic_cmpxchg_release(atomic_t *v, int old, int new);
bool atomic_try_cmpxchg_release(atomic_t *v, int *old, int new);
bool atomic_sub_and_test(int i, atomic_t *v);
bool atomic_add_negative(int i, atomic_t *v);
bool atomic_inc_and_test(atomic_t *v);
bool atomic_dec_and_test(atomic_t *v);
int atomic_fetch_add_unless(atomic_t *v, int i, int unless);
bool atomic_add_unless(atomic_t *v, int i, int unless);
bool atomic_inc_not_zero(atomic_t *v);
bool atomic_inc_unless_negative(atomic_t *v);
bool atomic_dec_unless_positive(atomic_t *v);
int atomic_dec_if_positive(atomic_t *v);

#define atomic_long_read atomic_read
#define atomic_long_read_acquire atomic_read_acquire
#define atomic_long_set atomic_set
#define atomic_long_set_release atomic_set_release
#define atomic_long_add atomic_add
#define atomic_long_sub atomic_sub
#define atomic_long_and atomic_and
#define atomic_long_or atomic_or
#define atomic_long_xor atomic_xor
#define atomic_long_andnot atomic_andnot
#define atomic_long_inc atomic_inc
#define atomic_long_dec atomic_dec
#define atomic_long_add_return atomic_add_return
#define atomic_long_sub_return atomic_sub_return
#define atomic_long_inc_return atomic_inc_return
#define atomic_long_dec_return atomic_dec_return
#define atomic_long_fetch_add atomic_fetch_add
#define atomic_long_fetch_sub atomic_fetch_sub
#define atomic_long_fetch_and atomic_fetch_and
#define atomic_long_fetch_or atomic_fetch_or
#define atomic_long_fetch_xor atomic_fetch_xor
#define atomic_long_fetch_andnot atomic_fetch_andnot
#define atomic_long_fetch_inc atomic_fetch_inc
#define atomic_long_fetch_dec atomic_fetch_dec
#define atomic_long_xchg atomic_xchg
#define atomic_long_cmpxchg atomic_cmpxchg
#define atomic_long_try_cmpxchg atomic_try_cmpxchg
#define atomic_long_add_return_relaxed atomic_add_return_relaxed
#define atomic_long_sub_return_relaxed atomic_sub_return_relaxed
#define atomic_long_inc_return_relaxed atomic_inc_return_relaxed
#define atomic_long_dec_return_relaxed atomic_dec_return_relaxed
#define atomic_long_fetch_add_relaxed atomic_fetch_add_relaxed
#define atomic_long_fetch_sub_relaxed atomic_fetch_sub_relaxed
#define atomic_long_fetch_and_relaxed atomic_fetch_and_relaxed
#define atomic_long_fetch_or_relaxed atomic_fetch_or_relaxed
#define atomic_long_fetch_xor_relaxed atomic_fetch_xor_relaxed
#define atomic_long_fetch_andnot_relaxed atomic_fetch_andnot_relaxed
#define atomic_long_fetch_inc_relaxed atomic_fetch_inc_relaxed
#define atomic_long_fetch_dec_relaxed atomic_fetch_dec_relaxed
#define atomic_long_xchg_relaxed atomic_xchg_relaxed
#define atomic_long_cmpxchg_relaxed atomic_cmpxchg_relaxed
#define atomic_long_try_cmpxchg_relaxed atomic_try_cmpxchg_relaxed
#define atomic_long_add_return_acquire atomic_add_return_acquire
#define atomic_long_sub_return_acquire atomic_sub_return_acquire
#define atomic_long_inc_return_acquire atomic_inc_return_acquire
#define atomic_long_dec_return_acquire atomic_dec_return_acquire
#define atomic_long_fetch_add_acquire atomic_fetch_add_acquire
#define atomic_long_fetch_sub_acquire atomic_fetch_sub_acquire
#define atomic_long_fetch_and_acquire atomic_fetch_and_acquire
#define atomic_long_fetch_or_acquire atomic_fetch_or_acquire
#define atomic_long_fetch_xor_acquire atomic_fetch_xor_acquire
#define atomic_long_fetch_andnot_acquire atomic_fetch_andnot_acquire
#define atomic_long_fetch_inc_acquire atomic_fetch_inc_acquire
#define atomic_long_fetch_dec_acquire atomic_fetch_dec_acquire
#define atomic_long_xchg_acquire atomic_xchg_acquire
#define atomic_long_cmpxchg_acquire atomic_cmpxchg_acquire
#define atomic_long_try_cmpxchg_acquire atomic_try_cmpxchg_acquire
#define atomic_long_add_return_release atomic_add_return_release
#define atomic_long_sub_return_release atomic_sub_return_release
#define atomic_long_inc_return_release atomic_inc_return_release
#define atomic_long_dec_return_release atomic_dec_return_release
#define atomic_long_fetch_add_release atomic_fetch_add_release
#define atomic_long_fetch_sub_release atomic_fetch_sub_release
#define atomic_long_fetch_and_release atomic_fetch_and_release
#define atomic_long_fetch_or_release atomic_fetch_or_release
#define atomic_long_fetch_xor_release atomic_fetch_xor_release
#define atomic_long_fetch_andnot_release atomic_fetch_andnot_release
#define atomic_long_fetch_inc_release atomic_fetch_inc_release
#define atomic_long_fetch_dec_release atomic_fetch_dec_release
#define atomic_long_xchg_release atomic_xchg_release
#define atomic_long_cmpxchg_release atomic_cmpxchg_release
#define atomic_long_try_cmpxchg_release atomic_try_cmpxchg_release
#define atomic_long_sub_and_test atomic_sub_and_test
#define atomic_long_add_negative atomic_add_negative
#define atomic_long_inc_and_test atomic_inc_and_test
#define atomic_long_dec_and_test atomic_dec_and_test
#define atomic_long_fetch_add_unless atomic_fetch_add_unless
#define atomic_long_add_unless atomic_add_unless
#define atomic_long_inc_not_zero atomic_inc_not_zero
#define atomic_long_inc_unless_negative atomic_inc_unless_negative
#define atomic_long_dec_unless_positive atomic_dec_unless_positive
#define atomic_long_dec_if_positive atomic_dec_if_positive

#define atomic64_read atomic_read
#define atomic64_read_acquire atomic_read_acquire
#define atomic64_set atomic_set
#define atomic64_set_release atomic_set_release
#define atomic64_add atomic_add
#define atomic64_sub atomic_sub
#define atomic64_and atomic_and
#define atomic64_or atomic_or
#define atomic64_xor atomic_xor
#define atomic64_andnot atomic_andnot
#define atomic64_inc atomic_inc
#define atomic64_dec atomic_dec
#define atomic64_add_return atomic_add_return
#define atomic64_sub_return atomic_sub_return
#define atomic64_inc_return atomic_inc_return
#define atomic64_dec_return atomic_dec_return
#define atomic64_fetch_add atomic_fetch_add
#define atomic64_fetch_sub atomic_fetch_sub
#define atomic64_fetch_and atomic_fetch_and
#define atomic64_fetch_or atomic_fetch_or
#define atomic64_fetch_xor atomic_fetch_xor
#define atomic64_fetch_andnot atomic_fetch_andnot
#define atomic64_fetch_inc atomic_fetch_inc
#define atomic64_fetch_dec atomic_fetch_dec
#define atomic64_xchg atomic_xchg
#define atomic64_cmpxchg atomic_cmpxchg
#define atomic64_try_cmpxchg atomic_try_cmpxchg
#define atomic64_add_return_relaxed atomic_add_return_relaxed
#define atomic64_sub_return_relaxed atomic_sub_return_relaxed
#define atomic64_inc_return_relaxed atomic_inc_return_relaxed
#define atomic64_dec_return_relaxed atomic_dec_return_relaxed
#define atomic64_fetch_add_relaxed atomic_fetch_add_relaxed
#define atomic64_fetch_sub_relaxed atomic_fetch_sub_relaxed
#define atomic64_fetch_and_relaxed atomic_fetch_and_relaxed
#define atomic64_fetch_or_relaxed atomic_fetch_or_relaxed
#define atomic64_fetch_xor_relaxed atomic_fetch_xor_relaxed
#define atomic64_fetch_andnot_relaxed atomic_fetch_andnot_relaxed
#define atomic64_fetch_inc_relaxed atomic_fetch_inc_relaxed
#define atomic64_fetch_dec_relaxed atomic_fetch_dec_relaxed
#define atomic64_xchg_relaxed atomic_xchg_relaxed
#define atomic64_cmpxchg_relaxed atomic_cmpxchg_relaxed
#define atomic64_try_cmpxchg_relaxed atomic_try_cmpxchg_relaxed
#define atomic64_add_return_acquire atomic_add_return_acquire
#define atomic64_sub_return_acquire atomic_sub_return_acquire
#define atomic64_inc_return_acquire atomic_inc_return_acquire
#define atomic64_dec_return_acquire atomic_dec_return_acquire
#define atomic64_fetch_add_acquire atomic_fetch_add_acquire
#define atomic64_fetch_sub_acquire atomic_fetch_sub_acquire
#define atomic64_fetch_and_acquire atomic_fetch_and_acquire
#define atomic64_fetch_or_acquire atomic_fetch_or_acquire
#define atomic64_fetch_xor_acquire atomic_fetch_xor_acquire
#define atomic64_fetch_andnot_acquire atomic_fetch_andnot_acquire
#define atomic64_fetch_inc_acquire atomic_fetch_inc_acquire
#define atomic64_fetch_dec_acquire atomic_fetch_dec_acquire
#define atomic64_xchg_acquire atomic_xchg_acquire
#define atomic64_cmpxchg_acquire atomic_cmpxchg_acquire
#define atomic64_try_cmpxchg_acquire atomic_try_cmpxchg_acquire
#define atomic64_add_return_release atomic_add_return_release
#define atomic64_sub_return_release atomic_sub_return_release
#define atomic64_inc_return_release atomic_inc_return_release
#define atomic64_dec_return_release atomic_dec_return_release
#define atomic64_fetch_add_release atomic_fetch_add_release
#define atomic64_fetch_sub_release atomic_fetch_sub_release
#define atomic64_fetch_and_release atomic_fetch_and_release
#define atomic64_fetch_or_release atomic_fetch_or_release
#define atomic64_fetch_xor_release atomic_fetch_xor_release
#define atomic64_fetch_andnot_release atomic_fetch_andnot_release
#define atomic64_fetch_inc_release atomic_fetch_inc_release
#define atomic64_fetch_dec_release atomic_fetch_dec_release
#define atomic64_xchg_release atomic_xchg_release
#define atomic64_cmpxchg_release atomic_cmpxchg_release
#define atomic64_try_cmpxchg_release atomic_try_cmpxchg_release
#define atomic64_sub_and_test atomic_sub_and_test
#define atomic64_add_negative atomic_add_negative
#define atomic64_inc_and_test atomic_inc_and_test
#define atomic64_dec_and_test atomic_dec_and_test
#define atomic64_fetch_add_unless atomic_fetch_add_unless
#define atomic64_add_unless atomic_add_unless
#define atomic64_inc_not_zero atomic_inc_not_zero
#define atomic64_inc_unless_negative atomic_inc_unless_negative
#define atomic64_dec_unless_positive atomic_dec_unless_positive
#define atomic64_dec_if_positive atomic_dec_if_positive

#endif
