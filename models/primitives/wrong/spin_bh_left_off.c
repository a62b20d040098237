/* One way out takes the plain unlock, so that softirqs stay off, and the task sleeps. */
// expect: lock-misuse
#include <raceproof.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>

static DEFINE_SPINLOCK(lock);
static DEFINE_MUTEX(mutex);
static int stop;

static void task(void)
{
	spin_lock_bh(&lock);
	if (READ_ONCE(stop))
		spin_unlock(&lock);
	else
		spin_unlock_bh(&lock);
	mutex_lock(&mutex);
	mutex_unlock(&mutex);
}

scenario spin_bh_left_off(void)
{
	thread("task", task());
	thread("stop", WRITE_ONCE(stop, 1));
}
