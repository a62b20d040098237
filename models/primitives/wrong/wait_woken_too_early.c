/* The wake-up comes before the condition: the waiter looks, finds it false, and sleeps on. */
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
	wake_up(&queue);
	WRITE_ONCE(ready, 1);
}

scenario wait_woken_too_early(void)
{
	thread("waiter", waiter());
	thread("waker", waker());
}
