/* synchronize_rcu_mult() waits for the readers of both flavours. */
// expect: none
#include <raceproof.h>
#include <linux/rcupdate_trace.h>

static int *published;

static void read(void)
{
	int *p;

	rcu_read_lock();
	p = rcu_dereference(published);
	if (p)
		READ_ONCE(*p);
	rcu_read_unlock();
}

static void read_trace(void)
{
	int *p;

	rcu_read_lock_trace();
	p = rcu_dereference(published);
	if (p)
		READ_ONCE(*p);
	rcu_read_unlock_trace();
}

static void remove(void)
{
	int *p = published;

	rcu_assign_pointer(published, NULL);
	synchronize_rcu_mult(call_rcu, call_rcu_tasks_trace);
	kfree(p);
}

scenario rcu_mult(void)
{
	published = kzalloc(sizeof(int), GFP_KERNEL);
	thread("read", read());
	thread("read trace", read_trace());
	thread("remove", remove());
}
