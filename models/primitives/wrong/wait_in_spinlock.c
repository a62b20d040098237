/* wait_event() inside a spinlock, even where the condition may be true at once. */
// expect: lock-misuse
#include <raceproof.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

static DECLARE_WAIT_QUEUE_HEAD(queue);
static int ready;

static DEFINE_SPINLOCK(lock);

static void waiter(void)
{
	spin_lock(&lock);
	wait_event(queue, READ_ONCE(ready));
	spin_unlock(&lock);
}

static void waker(void)
{
	WRITE_ONCE(ready, 1);
	wake_up(&queue);
}

scenario wait_in_spinlock(void)
{
	thread("waiter", waiter());
	thread("waker", waker());
}
