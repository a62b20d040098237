/* An object without a head is freed after the readers, and its owner does not wait for them. */
// expect: none
#include <raceproof.h>
#include <linux/rcupdate.h>

static int *published;

static void read(void)
{
	int *p;

	rcu_read_lock();
	p = rcu_dereference(published);
	if (p)
		READ_ONCE(*p);
	assert(rcu_read_lock_held());
	rcu_read_unlock();
	assert(!rcu_read_lock_held());
}

static void remove(void)
{
	int *p = published;

	rcu_assign_pointer(published, NULL);
	kfree_rcu_mightsleep(p);
}

scenario kfree_rcu_mightsleep_waits(void)
{
	published = kzalloc(sizeof(int), GFP_KERNEL);
	thread("read", read());
	thread("remove", remove());
	at_end(!leaks());
}
