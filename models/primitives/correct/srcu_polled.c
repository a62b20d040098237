/* A grace period of SRCU that is polled until it is over, before the domain is cleaned up. */
// expect: none
#include <raceproof.h>
#include <linux/slab.h>
#include <linux/srcu.h>

static struct srcu_struct domain;
static int *published;

static void read(void)
{
	int index = srcu_read_lock(&domain);
	int *p = srcu_dereference(published, &domain);

	if (p)
		assert(READ_ONCE(*p) == 0);
	srcu_read_unlock(&domain, index);
}

static void remove(void)
{
	int *p = published;
	unsigned long cookie;

	rcu_assign_pointer(published, NULL);
	cookie = start_poll_synchronize_srcu(&domain);
	if (poll_state_synchronize_srcu(&domain, cookie))
		kfree(p);
}

scenario srcu_polled(void)
{
	init_srcu_struct(&domain);
	published = kzalloc(sizeof(int), GFP_KERNEL);
	thread("read", read());
	thread("remove", remove());
}
