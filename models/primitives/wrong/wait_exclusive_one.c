/* wake_up() wakes one exclusive waiter: for two there must be two wake-ups. */
// expect: deadlock
#include <raceproof.h>
#include <linux/atomic.h>
#include <linux/wait.h>

static DECLARE_WAIT_QUEUE_HEAD(queue);
static atomic_t tokens;

static void taker(void)
{
	wait_event_exclusive(queue, atomic_dec_if_positive(&tokens) >= 0);
}

static void giver(void)
{
	atomic_add(2, &tokens);
	wake_up(&queue);
}

scenario wait_exclusive_one(void)
{
	thread("taker", taker());
	thread("taker too", taker());
	thread("giver", giver());
}
