/* llist_del_first() beside another taker that puts back what it took: the head is the same, its next is
 * not. */
// expect: assertion
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

static void take_first(void)
{
	struct llist_node *node = llist_del_first(&all);

	if (node)
		llist_entry(node, struct item, node)->n += 10;
}

static void take_two(void)
{
	struct llist_node *first = llist_del_first(&all);
	struct llist_node *second = llist_del_first(&all);

	if (second)
		llist_entry(second, struct item, node)->n += 10;
	if (first)
		llist_add(first, &all);
}

static bool twice(void)
{
	struct item *item;

	llist_for_each_entry(item, all.first, node)
		if (item->n >= 10)
			return true;
	return false;
}

scenario llist_two_takers(void)
{
	llist_add(&items[0].node, &all);
	llist_add(&items[1].node, &all);
	llist_add(&items[2].node, &all);
	thread("first", take_first());
	thread("two", take_two());
	at_end(!twice());
}
