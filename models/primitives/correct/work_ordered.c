/* A queue with max_active 1 runs its items one after the other, in the order in which they were queued. */
// expect: none
#include <raceproof.h>
#include <linux/compiler.h>
#include <linux/workqueue.h>

static struct workqueue_struct ordered = { .max_active = 1 };
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
	queue_work(&ordered, &first);
	queue_work(&ordered, &second);
}

scenario work_ordered(void)
{
	thread("kick", kick());
	thread("flush", flush_work(&second));
}
