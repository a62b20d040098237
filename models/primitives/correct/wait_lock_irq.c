/* wait_event_lock_irq() gives the lock back while it sleeps. */
// expect: none
#include <raceproof.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

static DECLARE_WAIT_QUEUE_HEAD(queue);
static int ready;

static DEFINE_SPINLOCK(lock);

static void waiter(void)
{
	spin_lock_irq(&lock);
	wait_event_lock_irq(queue, ready, lock);
	assert(ready);
	spin_unlock_irq(&lock);
}

static void waker(void)
{
	scoped_guard(spinlock_irq, &lock)
		ready = 1;
	wake_up(&queue);
}

scenario wait_lock_irq(void)
{
	thread("waiter", waiter());
	thread("waker", waker());
}
