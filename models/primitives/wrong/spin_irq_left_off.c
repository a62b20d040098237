/* spin_unlock() after spin_lock_irq() leaves interrupts off. */
// expect: lock-misuse
#include <raceproof.h>
#include <linux/spinlock.h>

static DEFINE_SPINLOCK(lock);

static void task(void)
{
	spin_lock_irq(&lock);
	spin_unlock(&lock);
}

scenario spin_irq_left_off(void)
{
	thread("task", task());
	thread("other", task());
}
