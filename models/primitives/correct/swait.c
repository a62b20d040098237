/* swake_up_one() wakes the waiter that came first, swake_up_all() the others. */
// expect: none
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
	swake_up_all(&queue);
}

scenario swait(void)
{
	thread("waiter", waiter());
	thread("waiter too", waiter());
	thread("waker", waker());
}
