/* list_del() where readers walk: the poison sends one of them astray. */
// expect: null-deref
#include <raceproof.h>
#include <linux/rculist.h>
#include <linux/slab.h>

struct item {
	int n;
	struct list_head node;
};

static LIST_HEAD(all);

static struct item one;

static void walk(void)
{
	struct item *item;
	int sum = 0;

	rcu_read_lock();
	list_for_each_entry_rcu(item, &all, node)
		sum += READ_ONCE(item->n);
	rcu_read_unlock();
}

scenario rculist_plain_del(void)
{
	list_add_rcu(&one.node, &all);
	thread("walk", walk());
	thread("remove", list_del(&one.node));
}
