/* A guard that does not get its lock skips its statement, or does what scoped_cond_guard() says, and gives
 * back nothing; one that gets it gives it back at each way out. */
// expect: none
#include <raceproof.h>
#include <linux/errno.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/spinlock.h>

static DEFINE_MUTEX(mutex);
static DEFINE_MUTEX(inner);
static DEFINE_SPINLOCK(spin);
static DECLARE_RWSEM(sem);
static DEFINE_RWLOCK(rwlock);

static int done, busy, skipped;

static int count(int *counter)
{
	scoped_guard(rwsem_write, &sem)
		(*counter)++;
	return *counter;
}

static int try(void)
{
	scoped_cond_guard(mutex_try, return -EBUSY, &mutex) {
		if (!count(&done))
			return -EINVAL;
		scoped_cond_guard(mutex_intr, goto unreached, &inner)
			break;
	}
	return 0;
unreached:
	assert(0);
	return 1;
}

static void tries(void)
{
	int err = try();

	assert(err == 0 || err == -EBUSY);
	if (err)
		count(&busy);
}

/* Interrupts are on again when the lock was not had: the task may sleep. */
static void tries_irqsave(void)
{
	bool had = false;

	scoped_guard(spinlock_irqsave_try, &spin) {
		scoped_cond_guard(write_lock_try, break, &rwlock)
			had = true;
	}
	if (!had)
		count(&skipped);
}

scenario guards_conditional(void)
{
	thread("tries", tries());
	thread("tries too", tries());
	at_end(done + busy == 2 && !mutex_is_locked(&mutex));
}

scenario guards_conditional_irqsave(void)
{
	thread("tries", tries_irqsave());
	thread("tries too", tries_irqsave());
	at_end(skipped < 2 && !spin_is_locked(&spin));
}
