/* Many add without a lock, one takes all: every item is taken once, and one adder hears that it was first. */
// expect: none
#include <raceproof.h>
#include <linux/llist.h>

struct item {
	int n;
	struct llist_node node;
};

static LLIST_HEAD(all);
static struct item items[3];

static int sum(struct llist_node *node)
{
	struct item *item;
	int total = 0;

	llist_for_each_entry(item, node, node)
		total += item->n;
	return total;
}

static int firsts, taken;

static void add(struct item *item, int n)
{
	item->n = n;
	if (llist_add(&item->node, &all))
		WRITE_ONCE(firsts, READ_ONCE(firsts) + 1);
}

static void add_two(void)
{
	items[1].n = 2;
	items[2].n = 4;
	items[1].node.next = &items[2].node;
	llist_add_batch(&items[1].node, &items[2].node, &all);
}

static void take(void)
{
	taken = sum(llist_del_all(&all));
}

scenario llist(void)
{
	thread("add", add(&items[0], 1));
	thread("add two", add_two());
	thread("take", take());
	at_end(taken + sum(llist_del_all(&all)) == 7 && firsts <= 1);
}
