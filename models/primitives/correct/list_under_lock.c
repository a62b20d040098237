/* Adding, moving, deleting and walking under a lock. */
// expect: none
#include <raceproof.h>
#include <linux/list.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

struct item {
	int n;
	struct list_head node;
};

static LIST_HEAD(all);

static DEFINE_SPINLOCK(lock);
static int sum;

static void add(struct item *item)
{
	spin_lock(&lock);
	list_add_tail(&item->node, &all);
	spin_unlock(&lock);
}

static void drain(void)
{
	struct item *item, *next;
	LIST_HEAD(mine);

	spin_lock(&lock);
	list_splice_init(&all, &mine);
	spin_unlock(&lock);
	list_for_each_entry_safe(item, next, &mine, node) {
		list_del(&item->node);
		sum += item->n;
		kfree(item);
	}
}

scenario list_under_lock(void)
{
	struct item *one = kzalloc(sizeof(*one), GFP_KERNEL);
	struct item *two = kzalloc(sizeof(*two), GFP_KERNEL);

	one->n = 1;
	two->n = 2;
	add(one);
	thread("add", add(two));
	thread("drain", drain());
	at_end(sum == 3 || (sum == 1 && list_first_entry(&all, struct item, node)->n == 2));
}
