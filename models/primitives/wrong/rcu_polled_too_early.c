/* The cookie is older than the removal: a reader that began in between is not waited for. */
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

static void remove(struct rcu_gp_oldstate *cookie)
{
	int *p = published;

	rcu_assign_pointer(published, NULL);
	cond_synchronize_rcu_full(cookie);
	kfree(p);
}

scenario rcu_polled_too_early(void)
{
	struct rcu_gp_oldstate *cookie = kzalloc(sizeof(*cookie), GFP_KERNEL);

	published = kzalloc(sizeof(int), GFP_KERNEL);
	get_state_synchronize_rcu_full(cookie);
	settle();
	thread("read", read());
	thread("remove", remove(cookie));
}
