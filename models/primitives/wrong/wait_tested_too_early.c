/* The test comes before prepare_to_wait(): a wake-up between the two is lost. */
// expect: deadlock
#include <raceproof.h>
#include <linux/wait.h>

static DECLARE_WAIT_QUEUE_HEAD(queue);
static int ready;

static void waiter(void)
{
	DEFINE_WAIT(wait);

	if (!READ_ONCE(ready)) {
		prepare_to_wait(&queue, &wait, TASK_UNINTERRUPTIBLE);
		schedule();
		finish_wait(&queue, &wait);
	}
}

static void waker(void)
{
	WRITE_ONCE(ready, 1);
	wake_up(&queue);
}

scenario wait_tested_too_early(void)
{
	thread("waiter", waiter());
	thread("waker", waker());
}
