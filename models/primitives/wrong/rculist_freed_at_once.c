/* list_del_rcu() and kfree() without a grace period in between. */
// expect: use-after-free
#include <raceproof.h>
#include <linux/rculist.h>
#include <linux/slab.h>

struct item {
	int n;
	struct list_head node;
};

static LIST_HEAD(all);

static void walk(void)
{
	struct item *item;
	int sum = 0;

	rcu_read_lock();
	list_for_each_entry_rcu(item, &all, node)
		sum += READ_ONCE(item->n);
	rcu_read_unlock();
}

static void remove(struct item *item)
{
	list_del_rcu(&item->node);
	kfree(item);
}

scenario rculist_freed_at_once(void)
{
	struct item *one = kzalloc(sizeof(*one), GFP_KERNEL);

	list_add_rcu(&one->node, &all);
	thread("walk", walk());
	thread("remove", remove(one));
}
