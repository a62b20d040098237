/* An item is never beside itself on one queue, however wide. */
// expect: none
#include <raceproof.h>
#include <linux/workqueue.h>

static int running;

static void work_fn(struct work_struct *work)
{
	assert(!READ_ONCE(running));
	WRITE_ONCE(running, 1);
	WRITE_ONCE(running, 0);
}

static DECLARE_WORK(item, work_fn);

scenario work_not_beside_itself(void)
{
	thread("left", queue_work(system_wq, &item));
	thread("right", queue_work(system_wq, &item));
}
