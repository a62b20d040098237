/* A lookup that takes a reference even where the object is on its way out. */
// expect: refcount
#include <raceproof.h>
#include <linux/refcount.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

struct object {
	refcount_t refs;
	int value;
	struct rcu_head rcu;
};

static struct object __rcu *published;

static void put(struct object *p)
{
	if (refcount_dec_and_test(&p->refs))
		kfree_rcu(p, rcu);
}

static void look_up(void)
{
	struct object *p;

	rcu_read_lock();
	p = rcu_dereference(published);
	if (p)
		refcount_inc(&p->refs);
	rcu_read_unlock();
	if (!p)
		return;
	assert(READ_ONCE(p->value) == 1);
	put(p);
}

static void withdraw(void)
{
	struct object *p = rcu_dereference_protected(published, 1);

	rcu_assign_pointer(published, NULL);
	put(p);
}

scenario refcount_from_zero(void)
{
	struct object *p = kzalloc(sizeof(*p), GFP_KERNEL);

	refcount_set(&p->refs, 1);
	p->value = 1;
	published = p;
	thread("look up", look_up());
	thread("withdraw", withdraw());
}
