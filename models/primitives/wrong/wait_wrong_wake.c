/* wake_up_interruptible() does not wake who waits uninterruptibly. */
// expect: deadlock
#include <raceproof.h>
#include <linux/wait.h>

static DECLARE_WAIT_QUEUE_HEAD(queue);
static int ready;


static void waiter(void)
{
	wait_event(queue, READ_ONCE(ready));
}

static void waker(void)
{
	WRITE_ONCE(ready, 1);
	wake_up_interruptible(&queue);
}

scenario wait_wrong_wake(void)
{
	thread("waiter", waiter());
	thread("waker", waker());
}
