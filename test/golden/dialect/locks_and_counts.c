/* Mutexes, spinlocks, refcounts and completions used alone. */
#include "check.h"
#include <linux/completion.h>
#include <linux/mutex.h>
#include <linux/refcount.h>
#include <linux/spinlock.h>

static DEFINE_MUTEX(lock);
static spinlock_t spin;
static refcount_t count = REFCOUNT_INIT(1);
static DECLARE_COMPLETION(done);

static void run(void)
{
	unsigned long flags;

	mutex_lock(&lock);
	assert(mutex_is_locked(&lock) && !mutex_trylock(&lock));
	mutex_unlock(&lock);
	assert(mutex_trylock(&lock));
	mutex_unlock(&lock);
	spin_lock_init(&spin);
	spin_lock_irqsave(&spin, flags);
	spin_unlock_irqrestore(&spin, flags);
	refcount_inc(&count);
	assert(refcount_read(&count) == 2 && !refcount_dec_and_test(&count) && refcount_dec_and_test(&count));
	assert(!refcount_inc_not_zero(&count));
	complete(&done);
	wait_for_completion(&done);
}
