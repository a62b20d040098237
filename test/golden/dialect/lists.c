/* list_head with the usual macros. */
#include "check.h"
#include <linux/list.h>

struct item { int value; struct list_head node; };

static LIST_HEAD(queue);

static int sum(void)
{
	struct item *i;
	int total = 0;

	list_for_each_entry(i, &queue, node) {
		if (i->value == 100)
			continue;
		total = total * 10 + i->value;
	}
	return total;
}

static void run(void)
{
	struct item a = { .value = 1 }, b = { .value = 2 }, c = { .value = 3 };
	struct item *i, *next;
	int n = 0;

	assert(list_empty(&queue));
	list_add(&a.node, &queue);
	list_add_tail(&b.node, &queue);
	list_add(&c.node, &queue);
	assert(sum() == 312 && !list_empty(&queue));
	list_del(&a.node);
	assert(sum() == 32);
	list_for_each_entry_safe(i, next, &queue, node)
		if (i->value == 3)
			list_del(&i->node);
	assert(sum() == 2 && list_first_entry(&queue, struct item, node) == &b);
	list_for_each_entry(i, &queue, node)
		n++;
	assert(n == 1);
}
