/* A bucket of a hash table, under its lock. */
// expect: none
#include <raceproof.h>
#include <linux/list.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

struct item {
	int key;
	struct hlist_node node;
};

static HLIST_HEAD(bucket);
static DEFINE_SPINLOCK(lock);

static void insert(int key)
{
	struct item *item = kzalloc(sizeof(*item), GFP_KERNEL);

	item->key = key;
	spin_lock(&lock);
	hlist_add_head(&item->node, &bucket);
	spin_unlock(&lock);
}

static void remove(int key)
{
	struct item *item, *found = NULL;
	struct hlist_node *next;

	spin_lock(&lock);
	hlist_for_each_entry_safe(item, next, &bucket, node) {
		if (item->key != key)
			continue;
		hlist_del_init(&item->node);
		found = item;
	}
	spin_unlock(&lock);
	if (found)
		assert(hlist_unhashed(&found->node));
	kfree(found);
}

scenario hlist_under_lock(void)
{
	insert(1);
	thread("insert", insert(2));
	thread("remove 1", remove(1));
	at_end(hlist_entry(bucket.first, struct item, node)->key == 2);
}
