/* The updater waits for readers under a mutex that a reader wants. */
// expect: deadlock
#include <raceproof.h>
#include <linux/mutex.h>
#include <linux/srcu.h>

DEFINE_STATIC_SRCU(domain);
static DEFINE_MUTEX(lock);

static void updater(void)
{
	mutex_lock(&lock);
	synchronize_srcu(&domain);
	mutex_unlock(&lock);
}

static void reader(void)
{
	int idx = srcu_read_lock(&domain);

	mutex_lock(&lock);
	mutex_unlock(&lock);
	srcu_read_unlock(&domain, idx);
}

scenario srcu_cross_deadlock(void)
{
	thread("updater", updater());
	thread("reader", reader());
}
