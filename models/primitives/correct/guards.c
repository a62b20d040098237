/* guard() and scoped_guard() of every lock give back at each way out, return and break included. */
// expect: none
#include <raceproof.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/spinlock.h>
#include <linux/srcu.h>

static DEFINE_MUTEX(mutex);
static DECLARE_RWSEM(sem);
static DEFINE_SPINLOCK(spin);
DEFINE_STATIC_SRCU(srcu);
static int value, reads;

static int writer(void)
{
	guard(mutex)(&mutex);
	guard(rwsem_write)(&sem);
	scoped_guard(spinlock_irqsave, &spin) {
		if (value)
			return 1;
		value = 1;
	}
	scoped_guard(raw_spinlock_irq, &spin)
		value = 2;
	return 0;
}

static int reader(void)
{
	guard(srcu)(&srcu);
	scoped_guard(rwsem_read, &sem) {
		int seen = value;

		assert(seen == 0 || seen == 2);
		assert(value == seen);
		if (seen)
			break;
	}
	guard(spinlock_bh)(&spin);
	reads++;
	return reads;
}

scenario guards(void)
{
	thread("writer", writer());
	thread("reader", reader());
	thread("reader too", reader());
	at_end(reads == 2 && value == 2);
}
