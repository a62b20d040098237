/* Who waits uninterruptibly is not woken by wake_up_interruptible(); who waits interruptibly is. Which of the
 * two it was shows in no cell once the mode is as before. */
// expect: deadlock
#include <raceproof.h>
#include <linux/wait.h>

static DECLARE_WAIT_QUEUE_HEAD(queue);
static int mode = TASK_INTERRUPTIBLE;
static int ready;

static void waiter(void)
{
	DEFINE_WAIT(wait);

	prepare_to_wait(&queue, &wait, READ_ONCE(mode));
	if (!READ_ONCE(ready))
		schedule();
	finish_wait(&queue, &wait);
}

static void waker(void)
{
	WRITE_ONCE(mode, TASK_UNINTERRUPTIBLE);
	WRITE_ONCE(mode, TASK_INTERRUPTIBLE);
	WRITE_ONCE(ready, 1);
	wake_up_interruptible(&queue);
}

scenario wait_state_chosen(void)
{
	thread("waiter", waiter());
	thread("waker", waker());
}
