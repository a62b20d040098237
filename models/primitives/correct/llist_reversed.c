/* llist_del_all() gives the last one first; llist_reverse_order() turns it round. */
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

static void add(void)
{
	struct llist_node *node;

	items[0].n = 1;
	items[1].n = 2;
	assert(llist_empty(&all) && llist_add(&items[0].node, &all) && !llist_add(&items[1].node, &all));
	node = llist_del_first(&all);
	assert(llist_entry(node, struct item, node)->n == 2);
	llist_add(node, &all);
	node = llist_reverse_order(llist_del_all(&all));
	assert(llist_entry(node, struct item, node)->n == 1 && llist_empty(&all) && sum(node) == 3);
	assert(!llist_del_first(&all));
}

scenario llist_reversed(void)
{
	thread("only", add());
}
