/* An item that waits for itself to end. */
// expect: deadlock
#include <raceproof.h>
#include <linux/workqueue.h>

static void work_fn(struct work_struct *work)
{
	cancel_work_sync(work);
}

static DECLARE_WORK(item, work_fn);

scenario work_flushes_itself(void)
{
	thread("kick", schedule_work(&item));
}
