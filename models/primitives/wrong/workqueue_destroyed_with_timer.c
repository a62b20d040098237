/* Draining does not wait for timers: one expires on a queue that is being destroyed, or is gone. */
// expect: use-after-free, warn
#include <raceproof.h>
#include <linux/workqueue.h>

static struct workqueue_struct *queue;

static void work_fn(struct work_struct *work)
{
}

static DECLARE_DELAYED_WORK(item, work_fn);

static void leave(void)
{
	queue_delayed_work(queue, &item, HZ);
	destroy_workqueue(queue);
}

scenario workqueue_destroyed_with_timer(void)
{
	queue = alloc_ordered_workqueue("queue", 0);
	thread("leave", leave());
}
