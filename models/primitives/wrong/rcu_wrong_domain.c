/* The reader is an SRCU reader, the updater waits for RCU: a grace period of another domain
 * protects nothing. */
// expect: use-after-free
#include <raceproof.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/srcu.h>

DEFINE_STATIC_SRCU(domain);

struct object {
	int value;
};

static struct object *published;

static void reader(void)
{
	struct object *p;
	int idx = srcu_read_lock(&domain);

	p = READ_ONCE(published);
	if (p)
		assert(READ_ONCE(p->value) == 1);
	srcu_read_unlock(&domain, idx);
}

static void updater(void)
{
	struct object *old = published;

	WRITE_ONCE(published, NULL);
	synchronize_rcu();
	kfree(old);
}

scenario rcu_wrong_domain(void)
{
	struct object *p = kzalloc(sizeof(*p), GFP_KERNEL);

	p->value = 1;
	published = p;
	thread("reader", reader());
	thread("updater", updater());
}
