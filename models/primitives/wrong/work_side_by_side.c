/* A queue with max_active 2 runs two items side by side. */
// expect: assertion
#include <raceproof.h>
#include <linux/compiler.h>
#include <linux/workqueue.h>

static struct workqueue_struct wide = { .max_active = 2 };
static int first_done;
static int running;

static void first_fn(struct work_struct *work)
{
	assert(!READ_ONCE(running));
	WRITE_ONCE(running, 1);
	WRITE_ONCE(first_done, 1);
	WRITE_ONCE(running, 0);
}

static void second_fn(struct work_struct *work)
{
	assert(!READ_ONCE(running));
	WRITE_ONCE(running, 1);
	assert(READ_ONCE(first_done));
	WRITE_ONCE(running, 0);
}

static DECLARE_WORK(first, first_fn);
static DECLARE_WORK(second, second_fn);

static void kick(void)
{
	queue_work(&wide, &first);
	queue_work(&wide, &second);
}

scenario work_side_by_side(void)
{
	thread("kick", kick());
	thread("flush", flush_work(&second));
}
