/* The condition is set before the wake-up: whenever that comes, the waiter sees the one or the other. */
// expect: none
#include <raceproof.h>
#include <linux/wait.h>

static DECLARE_WAIT_QUEUE_HEAD(queue);
static int ready;

static int data;

static void waiter(void)
{
	wait_event(queue, READ_ONCE(ready));
	assert(READ_ONCE(data) == 1);
}

static void waker(void)
{
	WRITE_ONCE(data, 1);
	WRITE_ONCE(ready, 1);
	wake_up(&queue);
}

scenario flag(void)
{
	thread("waiter", waiter());
	thread("waiter too", waiter());
	thread("waker", waker());
	at_end(!waitqueue_active(&queue));
}
