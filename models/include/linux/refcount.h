/* Reference counts that saturate and warn. */
#ifndef _LINUX_REFCOUNT_H
#define _LINUX_REFCOUNT_H

#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/compiler.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#define REFCOUNT_INIT(n) { .refs = (n) }

/* Primitives. */
void refcount_inc(refcount_t *count);
bool refcount_inc_not_zero(refcount_t *count);
bool refcount_dec_and_test(refcount_t *count);

/* Which way a count was found wrong; as the machine numbers it. */
#define REFCOUNT_ADD_UAF 1
#define REFCOUNT_SUB_UAF 2
#define REFCOUNT_OVF 3
#define REFCOUNT_DEC_LEAK 32
void refcount_warn(refcount_t *count, int how);

#define REFCOUNT_MAX 0x7fffffff
#define REFCOUNT_SATURATED ((int)0xc0000000)

#define refcount_set(count, n) WRITE_ONCE((count)->refs, n)
#define refcount_set_release(count, n) smp_store_release(&(count)->refs, n)
#define refcount_read(count) READ_ONCE((count)->refs)
#define refcount_inc_not_zero_acquire(count) refcount_inc_not_zero(count)
#define refcount_dec_and_test_release(count) refcount_dec_and_test(count)

#define __rp_refs(count) ((atomic_t *)&(count)->refs)

static inline void refcount_add(int n, refcount_t *count)
{
	int old = atomic_fetch_add_relaxed(n, __rp_refs(count));

	if (!old)
		refcount_warn(count, REFCOUNT_ADD_UAF);
	else if (old < 0 || old + n < 0)
		refcount_warn(count, REFCOUNT_OVF);
}

static inline bool refcount_add_not_zero(int n, refcount_t *count)
{
	int old = READ_ONCE(count->refs);

	do {
		if (!old)
			return false;
	} while (!atomic_try_cmpxchg_relaxed(__rp_refs(count), &old, old + n));
	if (old < 0 || old + n < 0)
		refcount_warn(count, REFCOUNT_OVF);
	return true;
}

static inline bool refcount_sub_and_test(int n, refcount_t *count)
{
	int old = atomic_fetch_sub_release(n, __rp_refs(count));

	if (old > 0 && old == n)
		return true;
	if (old <= 0 || old - n < 0)
		refcount_warn(count, REFCOUNT_SUB_UAF);
	return false;
}

/* Must not be the last one. */
static inline void refcount_dec(refcount_t *count)
{
	int old = atomic_fetch_sub_release(1, __rp_refs(count));

	if (old == 1)
		refcount_warn(count, REFCOUNT_DEC_LEAK);
	else if (old <= 0)
		refcount_warn(count, REFCOUNT_SUB_UAF);
}

static inline bool refcount_dec_if_one(refcount_t *count)
{
	int one = 1;

	return atomic_try_cmpxchg_release(__rp_refs(count), &one, 0);
}

/* One less unless it is the last. A saturated count stays. */
static inline bool refcount_dec_not_one(refcount_t *count)
{
	int old = READ_ONCE(count->refs);

	do {
		if (old == REFCOUNT_SATURATED)
			return true;
		if (old == 1)
			return false;
		if (old == 0) {
			refcount_warn(count, REFCOUNT_SUB_UAF);
			return true;
		}
	} while (!atomic_try_cmpxchg_release(__rp_refs(count), &old, old - 1));
	return true;
}

/* The last one goes under the lock, which is held then; otherwise it is not. */
#define __rp_refcount_dec_and(count, lock, unlock) do {			\
	if (refcount_dec_not_one(count))					\
		return false;							\
	lock;									\
	if (refcount_dec_and_test(count))					\
		return true;							\
	unlock;									\
	return false;								\
} while (0)

static inline bool refcount_dec_and_mutex_lock(refcount_t *count, struct mutex *lock)
{
	__rp_refcount_dec_and(count, mutex_lock(lock), mutex_unlock(lock));
}

static inline bool refcount_dec_and_lock(refcount_t *count, spinlock_t *lock)
{
	__rp_refcount_dec_and(count, spin_lock(lock), spin_unlock(lock));
}

static inline bool refcount_dec_and_lock_irqsave(refcount_t *count, spinlock_t *lock, unsigned long *flags)
{
	__rp_refcount_dec_and(count, spin_lock_irqsave(lock, *flags), spin_unlock_irqrestore(lock, *flags));
}

#endif
