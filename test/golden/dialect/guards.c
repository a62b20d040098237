/* guard() and scoped_guard() give the lock back on every way out. */
#include "check.h"
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>
#include <linux/srcu.h>

static DEFINE_MUTEX(lock);
static DEFINE_MUTEX(other);
static DEFINE_SPINLOCK(spin);
DEFINE_STATIC_SRCU(domain);

static int early(int x)
{
	guard(mutex)(&lock);
	lockdep_assert_held(&lock);
	if (x == 1)
		return 1;
	if (x == 2)
		goto out;
	return 3;
out:
	return 2;
}

static int in_loop(void)
{
	int i;

	for (i = 0; i < 5; i++) {
		guard(spinlock)(&spin);
		if (i == 1)
			continue;
		if (i == 3)
			break;
	}
	assert(!spin_is_locked(&spin));
	return i;
}

static int scoped(int x)
{
	int r = 0;

	scoped_guard(mutex, &lock) {
		r = mutex_is_locked(&lock);
		if (x)
			return 7;
	}
	scoped_guard(rcu)
		r++;
	scoped_guard(spinlock, &spin) {
		if (r == 2)
			break;
		r = 50;
	}
	return r;
}

static int both(void)
{
	guard(rcu)();
	guard(srcu)(&domain);
	return 4;
}

static int backwards(void)
{
	int n = 0;

again:
	n++;
	{
		guard(mutex)(&lock);
		if (n < 3)
			goto again;
	}
	assert(!mutex_is_locked(&lock));
	return n;
}

static int tried(struct mutex *first, struct mutex *second)
{
	int n = 0;

	scoped_cond_guard(mutex_try, return -1, first) {
		n = 1;
		scoped_cond_guard(mutex_intr, n = 7; n++, second)
			n += 2;
		scoped_guard(spinlock_irqsave_try, &spin) {
			scoped_guard(spinlock_try, &spin)
				n = 50;
			scoped_cond_guard(spinlock_bh_try, { n += 4; break; }, &spin)
				n = 60;
			n += 8;
		}
	}
	return n;
}

static void run(void)
{
	assert(tried(&lock, &other) == 15);
	mutex_lock(&lock);
	assert(tried(&lock, &other) == -1);
	mutex_unlock(&lock);
	assert(early(1) == 1 && early(2) == 2 && early(0) == 3);
	assert(in_loop() == 3);
	assert(scoped(1) == 7 && scoped(0) == 2 && both() == 4 && backwards() == 3);
	assert(!mutex_is_locked(&lock) && !spin_is_locked(&spin));
}
