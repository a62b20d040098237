/* queue_work() says no while the item is pending: two calls need not be two runs. */
// expect: assertion
#include <raceproof.h>
#include <linux/atomic.h>
#include <linux/workqueue.h>

static atomic_t queued;
static int runs;

static void work_fn(struct work_struct *work)
{
	WRITE_ONCE(runs, READ_ONCE(runs) + 1);
}

static DECLARE_WORK(item, work_fn);

static void kick(void)
{
	if (queue_work(system_wq, &item))
		atomic_inc(&queued);
}

scenario work_coalesced(void)
{
	thread("left", kick());
	thread("right", kick());
	at_end(runs == 2);
}
