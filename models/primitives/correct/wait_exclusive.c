/* wake_up_all() wakes exclusive waiters too; a taker that hands the wake-up on makes one a token enough. */
// expect: none
#include <raceproof.h>
#include <linux/atomic.h>
#include <linux/wait.h>

static DECLARE_WAIT_QUEUE_HEAD(queue);
static atomic_t tokens;

static void taker(void)
{
	wait_event_exclusive(queue, atomic_dec_if_positive(&tokens) >= 0);
	if (atomic_read(&tokens))
		wake_up(&queue);
}

static void give_both(void)
{
	atomic_add(2, &tokens);
	wake_up_all(&queue);
}

static void give_one(void)
{
	atomic_inc(&tokens);
	wake_up(&queue);
}

scenario all_at_once(void)
{
	thread("taker", taker());
	thread("taker too", taker());
	thread("giver", give_both());
}

scenario one_by_one(void)
{
	thread("taker", taker());
	thread("taker too", taker());
	thread("giver", give_one());
	thread("giver too", give_one());
}
