/* What the less usual list operations leave, on lists and on buckets. */
// expect: none
#include <raceproof.h>
#include <linux/rculist.h>

struct item {
	int n;
	struct list_head node;
	struct hlist_node link;
};

static struct item a = { .n = 1 }, b = { .n = 2 }, c = { .n = 3 };
static LIST_HEAD(all);
static HLIST_HEAD(bucket);
static HLIST_HEAD(other);

static void lists(void)
{
	struct item *pos;
	int digits = 0;

	list_add_tail(&a.node, &all);
	list_add_tail(&b.node, &all);
	list_add_tail(&c.node, &all);
	list_rotate_left(&all);
	assert(list_count_nodes(&all) == 3);
	assert(list_next_or_null_rcu(&all, &a.node, struct item, node) == NULL);
	assert(list_next_or_null_rcu(&all, &b.node, struct item, node) == &c);
	list_del_init_careful(&c.node);
	assert(list_empty_careful(&c.node));
	pos = &b;
	list_for_each_entry_from_rcu(pos, &all, node)
		digits = 10 * digits + pos->n;
	assert(digits == 21);
}

static void buckets(void)
{
	struct hlist_node *pos, *next;
	struct item *item = &a;
	int digits = 0;

	hlist_add_tail_rcu(&b.link, &bucket);
	hlist_add_before(&a.link, &b.link);
	hlist_add_tail_rcu(&c.link, &bucket);
	hlist_move_list(&bucket, &other);
	assert(hlist_empty(&bucket));
	hlist_for_each_entry_continue(item, link)
		digits = 10 * digits + item->n;
	assert(digits == 23);
	hlist_del_init(&a.link);
	hlist_replace_rcu(&b.link, &a.link);
	digits = 0;
	hlist_for_each_entry_rcu(item, &other, link)
		digits = 10 * digits + item->n;
	assert(digits == 13);
	hlist_for_each_safe(pos, next, &other)
		hlist_del_init(pos);
	assert(hlist_empty(&other) && hlist_unhashed(&c.link));
}

scenario list_operations(void)
{
	thread("lists", lists());
	thread("buckets", buckets());
}
