/* Two list_add() without a lock: one item is lost. */
// expect: assertion
#include <raceproof.h>
#include <linux/list.h>

struct item {
	int n;
	struct list_head node;
};

static LIST_HEAD(all);

static struct item one, two;

static int count(void)
{
	struct item *item;
	int found = 0;

	list_for_each_entry(item, &all, node)
		found++;
	return found;
}

scenario list_without_lock(void)
{
	thread("left", list_add(&one.node, &all));
	thread("right", list_add(&two.node, &all));
	at_end(count() == 2);
}
