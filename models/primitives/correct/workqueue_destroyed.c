/* destroy_workqueue() waits for what is queued, and for what that queues on the same queue. */
// expect: none
#include <raceproof.h>
#include <linux/workqueue.h>

static struct workqueue_struct *queue;
static int second_ran;

static void second_fn(struct work_struct *work)
{
	WRITE_ONCE(second_ran, 1);
}

static DECLARE_WORK(second, second_fn);

static void first_fn(struct work_struct *work)
{
	queue_work(queue, &second);
}

static DECLARE_WORK(first, first_fn);

static void leave(void)
{
	queue_work(queue, &first);
	destroy_workqueue(queue);
	assert(READ_ONCE(second_ran));
}

scenario workqueue_destroyed(void)
{
	queue = alloc_workqueue("queue", WQ_UNBOUND, 4);
	thread("leave", leave());
	at_end(!leaks());
}
