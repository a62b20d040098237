/* The updater unpublishes and leaves the freeing to a callback after a grace period. */
// expect: none
#include <raceproof.h>
#include <linux/kernel.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

struct object {
	int value;
	struct rcu_head rcu;
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

static void free_object(struct rcu_head *head)
{
	kfree(container_of(head, struct object, rcu));
}

static void updater(void)
{
	struct object *old = rcu_dereference_protected(published, 1);

	rcu_assign_pointer(published, NULL);
	call_rcu(&old->rcu, free_object);
}

scenario rcu_callback(void)
{
	struct object *p = kzalloc(sizeof(*p), GFP_KERNEL);

	p->value = 1;
	published = p;
	thread("reader", reader());
	thread("updater", updater());
}
