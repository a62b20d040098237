/* might_sleep() tells even where nothing has to be waited for. */
// expect: lock-misuse
#include <raceproof.h>
#include <linux/kernel.h>
#include <linux/spinlock.h>

static DEFINE_SPINLOCK(lock);

static void task(void)
{
	spin_lock(&lock);
	might_sleep();
	spin_unlock(&lock);
}

scenario might_sleep_in_spinlock(void)
{
	thread("task", task());
	thread("other", task());
}
