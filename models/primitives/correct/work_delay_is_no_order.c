/* An item whose timer runs has no place in the queue: flush_workqueue() does not wait for it, and one that
 * is queued later may run first. */
// expect: none
#include <raceproof.h>
#include <linux/workqueue.h>

static struct workqueue_struct *queue;
static int late, early;

static void late_fn(struct work_struct *work)
{
	WRITE_ONCE(late, 1);
}

static void early_fn(struct work_struct *work)
{
	WRITE_ONCE(early, 1);
}

static DECLARE_DELAYED_WORK(delayed, late_fn);
static DECLARE_WORK(prompt, early_fn);

static void kick(void)
{
	queue_delayed_work(queue, &delayed, HZ);
	queue_work(queue, &prompt);
	flush_workqueue(queue);
	assert(READ_ONCE(early));
	flush_delayed_work(&delayed);
	assert(READ_ONCE(late));
}

scenario work_delay_is_no_order(void)
{
	queue = alloc_ordered_workqueue("ordered", 0);
	thread("kick", kick());
}
