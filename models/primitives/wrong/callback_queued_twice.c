/* Both closers queue the same head: the second finds it queued unless the first callback already ran. */
// expect: rcu-misuse
#include <raceproof.h>
#include <linux/rcupdate.h>

static struct rcu_head head;

static void callback(struct rcu_head *unused)
{
}

scenario callback_queued_twice(void)
{
	thread("left", call_rcu(&head, callback));
	thread("right", call_rcu(&head, callback));
}
