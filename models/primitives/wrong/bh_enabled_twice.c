/* Softirqs are enabled more often than they were disabled. */
// expect: lock-misuse
#include <raceproof.h>
#include <linux/spinlock.h>

static DEFINE_SPINLOCK(lock);

static void task(void)
{
	spin_lock(&lock);
	spin_unlock_bh(&lock);
}

scenario bh_enabled_twice(void)
{
	thread("task", task());
	thread("other", task());
}
