/* A grace period is no barrier: the callbacks that were queued may still run after it. */
// expect: use-after-free
#include <raceproof.h>
#include <linux/rcupdate.h>

static int *table;
static struct rcu_head head, other;

static void callback(struct rcu_head *unused)
{
	WRITE_ONCE(*table, 1);
}

static void leave(void)
{
	call_rcu(&head, callback);
	call_rcu(&other, callback);
	synchronize_rcu();
	kfree(table);
}

static void read(void)
{
	rcu_read_lock();
	rcu_read_unlock();
}

scenario rcu_no_barrier(void)
{
	table = kzalloc(sizeof(*table), GFP_KERNEL);
	thread("leave", leave());
	thread("read", read());
}
