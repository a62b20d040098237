/* The condition becomes true, and nobody says so. */
// expect: deadlock
#include <raceproof.h>
#include <linux/wait.h>

static DECLARE_WAIT_QUEUE_HEAD(queue);
static int ready;


static void waiter(void)
{
	wait_event(queue, READ_ONCE(ready));
}

scenario wait_never_woken(void)
{
	thread("waiter", waiter());
	thread("forgetful", WRITE_ONCE(ready, 1));
}
