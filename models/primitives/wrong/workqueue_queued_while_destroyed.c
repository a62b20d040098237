/* Somebody else still queues: refused with a warning while the queue is drained, a use-after-free later. */
// expect: use-after-free, warn
#include <raceproof.h>
#include <linux/workqueue.h>

static struct workqueue_struct *queue;

static void work_fn(struct work_struct *work)
{
}

static DECLARE_WORK(first, work_fn);
static DECLARE_WORK(second, work_fn);

static void leave(void)
{
	queue_work(queue, &first);
	destroy_workqueue(queue);
}

scenario workqueue_queued_while_destroyed(void)
{
	queue = alloc_ordered_workqueue("queue", 0);
	thread("leave", leave());
	thread("kick", queue_work(queue, &second));
}
