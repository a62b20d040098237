/* An entry is published before it is filled in. */
// expect: assertion
#include <raceproof.h>
#include <linux/rculist.h>

struct item {
	int n;
	struct list_head node;
};

static LIST_HEAD(all);

static struct item one;

static void add(void)
{
	list_add_rcu(&one.node, &all);
	WRITE_ONCE(one.n, 1);
}

static void walk(void)
{
	struct item *item;

	rcu_read_lock();
	list_for_each_entry_rcu(item, &all, node)
		assert(READ_ONCE(item->n));
	rcu_read_unlock();
}

scenario rculist_published_early(void)
{
	thread("walk", walk());
	thread("add", add());
}
