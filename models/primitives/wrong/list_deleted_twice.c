/* list_del() of an entry that is no longer on a list finds the poison. */
// expect: null-deref
#include <raceproof.h>
#include <linux/list.h>

struct item {
	int n;
	struct list_head node;
};

static LIST_HEAD(all);

static struct item one;

static void remove(void)
{
	if (!list_empty(&all))
		list_del(&one.node);
}

scenario list_deleted_twice(void)
{
	list_add(&one.node, &all);
	thread("left", remove());
	thread("right", remove());
}
