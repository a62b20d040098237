/* Who relies on flush_workqueue() for an item whose timer runs is wrong. It has no place in the queue yet,
 * and what is queued later may run first. */
// expect: assertion
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
	assert(READ_ONCE(late));
	flush_delayed_work(&delayed);
	assert(READ_ONCE(late));
}

scenario work_delay_taken_for_order(void)
{
	queue = alloc_ordered_workqueue("ordered", 0);
	thread("kick", kick());
}
