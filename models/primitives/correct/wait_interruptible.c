/* No signals are modelled: an interruptible wait returns 0, and the condition is true then. */
// expect: none
#include <raceproof.h>
#include <linux/wait.h>

static DECLARE_WAIT_QUEUE_HEAD(queue);
static int ready;

static void waiter(void)
{
	int error = wait_event_interruptible(queue, READ_ONCE(ready));

	assert(error == 0 && READ_ONCE(ready));
}

static void waker(void)
{
	WRITE_ONCE(ready, 1);
	wake_up_interruptible(&queue);
}

scenario wait_interruptible(void)
{
	thread("waiter", waiter());
	thread("waker", waker());
}
