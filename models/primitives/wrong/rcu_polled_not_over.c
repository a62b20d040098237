/* A cookie that nobody asks: the grace period may have hardly begun. */
// expect: use-after-free
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
	rcu_read_unlock();
}

static void remove(void)
{
	int *p = published;

	rcu_assign_pointer(published, NULL);
	start_poll_synchronize_rcu();
	/* For callbacks, of which there are none. */
	rcu_barrier();
	kfree(p);
}

scenario rcu_polled_not_over(void)
{
	published = kzalloc(sizeof(int), GFP_KERNEL);
	thread("read", read());
	thread("remove", remove());
}
