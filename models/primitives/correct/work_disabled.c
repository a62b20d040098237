/* Between disable_work_sync() and enable_work() the item neither runs nor is queued. */
// expect: none
#include <raceproof.h>
#include <linux/workqueue.h>

static int counter;

static void work_fn(struct work_struct *work)
{
	WRITE_ONCE(counter, READ_ONCE(counter) + 1);
}

static DECLARE_WORK(item, work_fn);

static void reset(void)
{
	disable_work_sync(&item);
	WRITE_ONCE(counter, 5);
	assert(READ_ONCE(counter) == 5);
	assert(!work_pending(&item));
	enable_work(&item);
}

scenario work_disabled(void)
{
	thread("kick", schedule_work(&item));
	thread("reset", reset());
}
