/* Callbacks use a table that is torn down after rcu_barrier(): every callback that was queued has run by
 * then. */
// expect: none
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
	rcu_barrier();
	kfree(table);
}

static void read(void)
{
	rcu_read_lock();
	rcu_read_unlock();
}

scenario rcu_barrier_waits(void)
{
	table = kzalloc(sizeof(*table), GFP_KERNEL);
	thread("leave", leave());
	thread("read", read());
}
