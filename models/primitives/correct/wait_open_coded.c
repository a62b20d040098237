/* prepare_to_wait() before the test, schedule() after it: no wake-up in between is lost. */
// expect: none
#include <raceproof.h>
#include <linux/wait.h>

static DECLARE_WAIT_QUEUE_HEAD(queue);
static int ready;

static void waiter(void)
{
	DEFINE_WAIT(wait);

	for (;;) {
		prepare_to_wait(&queue, &wait, TASK_INTERRUPTIBLE);
		if (READ_ONCE(ready))
			break;
		schedule();
	}
	finish_wait(&queue, &wait);
}

static void waker(void)
{
	WRITE_ONCE(ready, 1);
	if (waitqueue_active(&queue))
		wake_up_interruptible(&queue);
}

scenario wait_open_coded(void)
{
	thread("waiter", waiter());
	thread("waker", waker());
}
