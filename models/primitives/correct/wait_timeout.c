/* A wait with a timeout may give up while the condition is false: the caller must look at what it returns. */
// expect: none
#include <raceproof.h>
#include <linux/wait.h>

static DECLARE_WAIT_QUEUE_HEAD(queue);
static int ready;

static void waiter(void)
{
	if (wait_event_timeout(queue, READ_ONCE(ready), 10))
		assert(READ_ONCE(ready));
}

static void waker(void)
{
	WRITE_ONCE(ready, 1);
	wake_up(&queue);
}

scenario wait_timeout(void)
{
	thread("waiter", waiter());
	thread("waker", waker());
}

scenario nobody_wakes(void)
{
	thread("waiter", waiter());
}
