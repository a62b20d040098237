/* The task ends while it is still on the queue: finish_wait() was forgotten. */
// expect: lock-misuse
#include <raceproof.h>
#include <linux/wait.h>

static DECLARE_WAIT_QUEUE_HEAD(queue);
static int ready;

static void waiter(void)
{
	DEFINE_WAIT(wait);

	prepare_to_wait(&queue, &wait, TASK_UNINTERRUPTIBLE);
	if (!READ_ONCE(ready))
		schedule();
}

static void waker(void)
{
	WRITE_ONCE(ready, 1);
	wake_up(&queue);
}

scenario wait_unfinished(void)
{
	thread("waiter", waiter());
	thread("waker", waker());
}
