/* One wake-up for each token, and one may hit a taker that has its token and is not off the queue yet:
 * nobody tells the other taker. */
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
	atomic_inc(&tokens);
	wake_up(&queue);
}

scenario wait_exclusive_spent(void)
{
	thread("taker", taker());
	thread("taker too", taker());
	thread("giver", giver());
	thread("giver too", giver());
}
