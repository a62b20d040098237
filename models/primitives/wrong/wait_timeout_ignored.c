/* A wait with a timeout returns 0 with the condition false. */
// expect: assertion
#include <raceproof.h>
#include <linux/wait.h>

static DECLARE_WAIT_QUEUE_HEAD(queue);
static int ready;

static void waiter(void)
{
	wait_event_timeout(queue, READ_ONCE(ready), 10);
	assert(READ_ONCE(ready));
}

static void waker(void)
{
	WRITE_ONCE(ready, 1);
	wake_up(&queue);
}

scenario wait_timeout_ignored(void)
{
	thread("waiter", waiter());
	thread("waker", waker());
}
