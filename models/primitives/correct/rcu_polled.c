/* Who polls a grace period frees when it is over, and waits where it is not. */
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
		assert(READ_ONCE(*p) == 0);
	rcu_read_unlock();
}

static void remove(void)
{
	int *p = published;
	unsigned long cookie;

	rcu_assign_pointer(published, NULL);
	cookie = start_poll_synchronize_rcu();
	if (!poll_state_synchronize_rcu(cookie))
		cond_synchronize_rcu(cookie);
	kfree(p);
}

scenario rcu_polled(void)
{
	published = kzalloc(sizeof(int), GFP_KERNEL);
	thread("read", read());
	thread("read too", read());
	thread("remove", remove());
}
