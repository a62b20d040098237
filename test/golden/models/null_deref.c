/* The reader does not expect the pointer to be gone. */
// expect: null-deref
#include <raceproof.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

struct object {
	int value;
};

static struct object __rcu *published;

static void reader(void)
{
	rcu_read_lock();
	assert(READ_ONCE(rcu_dereference(published)->value) == 1);
	rcu_read_unlock();
}

static void updater(void)
{
	rcu_assign_pointer(published, NULL);
}

scenario null_deref(void)
{
	struct object *p = kzalloc(sizeof(*p), GFP_KERNEL);

	p->value = 1;
	published = p;
	thread("reader", reader());
	thread("updater", updater());
}
