/* swake_up_one() is not enough for two waiters. */
// expect: deadlock
#include <raceproof.h>
#include <linux/swait.h>

static DECLARE_SWAIT_QUEUE_HEAD(queue);
static int ready;

static void waiter(void)
{
	swait_event_exclusive(queue, READ_ONCE(ready));
}

static void waker(void)
{
	WRITE_ONCE(ready, 1);
	swake_up_one(&queue);
}

scenario swait_one_for_two(void)
{
	thread("waiter", waiter());
	thread("waiter too", waiter());
	thread("waker", waker());
}
