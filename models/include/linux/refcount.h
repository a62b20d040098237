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

#define refcount_set(count, n) WRITE_ONCE((count)->refs, n)
#define refcount_read(count) READ_ONCE((count)->refs)
#define refcount_inc_not_zero_acquire(count) refcount_inc_not_zero(count)
/* Must not be the last one. */
#define refcount_dec(count) ((void)WARN_ON(refcount_dec_and_test(count)))

/* One less unless it is the last. */
static inline bool refcount_dec_not_one(refcount_t *count)
{
	int old = READ_ONCE(count->refs);

	do {
		if (old == 1)
			return false;
	} while (!try_cmpxchg(&count->refs, &old, old - 1));
	return true;
}

static inline bool refcount_dec_and_mutex_lock(refcount_t *count, struct mutex *lock)
{
	if (refcount_dec_not_one(count))
		return false;
	mutex_lock(lock);
	if (!refcount_dec_and_test(count)) {
		mutex_unlock(lock);
		return false;
	}
	return true;
}

static inline bool refcount_dec_and_lock(refcount_t *count, spinlock_t *lock)
{
	if (refcount_dec_not_one(count))
		return false;
	spin_lock(lock);
	if (!refcount_dec_and_test(count)) {
		spin_unlock(lock);
		return false;
	}
	return true;
}

#endif
