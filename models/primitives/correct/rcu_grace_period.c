/* The updater unpublishes, waits for the readers, and frees. */
// expect: none
#include <raceproof.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

struct object {
	int value;
};

static struct object __rcu *published;

static void reader(void)
{
	struct object *p;

	rcu_read_lock();
	p = rcu_dereference(published);
	if (p)
		assert(READ_ONCE(p->value) == 1);
	rcu_read_unlock();
}

static void updater(void)
{
	struct object *old = rcu_dereference_protected(published, 1);

	rcu_assign_pointer(published, NULL);
	synchronize_rcu();
	kfree(old);
}

scenario rcu_grace_period(void)
{
	struct object *p = kzalloc(sizeof(*p), GFP_KERNEL);

	p->value = 1;
	published = p;
	thread("reader", reader());
	thread("updater", updater());
}
