/* Who waits uninterruptibly is not woken by wake_up_interruptible(); who waits interruptibly is. Which of the
 * two it is shows in no cell of the queue. */
// expect: deadlock
#include <raceproof.h>
#include <linux/wait.h>

static DECLARE_WAIT_QUEUE_HEAD(queue);
static int ready;

static void waiter(void)
{
	DEFINE_WAIT(wait);

	prepare_to_wait(&queue, &wait, choose(2) ? TASK_INTERRUPTIBLE : TASK_UNINTERRUPTIBLE);
	if (!READ_ONCE(ready))
		schedule();
	finish_wait(&queue, &wait);
}

static void waker(void)
{
	WRITE_ONCE(ready, 1);
	wake_up_interruptible(&queue);
}

scenario wait_state_chosen(void)
{
	thread("waiter", waiter());
	thread("waker", waker());
}
