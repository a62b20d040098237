/* Readers walk under RCU while entries come and go; who deletes waits before it frees. */
// expect: none
#include <raceproof.h>
#include <linux/rculist.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

struct item {
	int n;
	struct list_head node;
};

static LIST_HEAD(all);

static DEFINE_SPINLOCK(lock);

static void walk(void)
{
	struct item *item;

	rcu_read_lock();
	list_for_each_entry_rcu(item, &all, node)
		assert(READ_ONCE(item->n));
	rcu_read_unlock();
}

static void add(struct item *item)
{
	item->n = 2;
	spin_lock(&lock);
	list_add_rcu(&item->node, &all);
	spin_unlock(&lock);
}

static void remove(struct item *item)
{
	spin_lock(&lock);
	list_del_rcu(&item->node);
	spin_unlock(&lock);
	synchronize_rcu();
	kfree(item);
}

scenario rculist(void)
{
	struct item *one = kzalloc(sizeof(*one), GFP_KERNEL);
	struct item *two = kzalloc(sizeof(*two), GFP_KERNEL);

	one->n = 1;
	list_add_rcu(&one->node, &all);
	thread("walk", walk());
	thread("add", add(two));
	thread("remove", remove(one));
	at_end(list_first_entry(&all, struct item, node)->n == 2);
}
