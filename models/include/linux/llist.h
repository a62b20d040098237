/* Lists without a lock, for many who add and one who takes all: C over cmpxchg() and xchg(), as
 * lib/llist.c. Several may add and several take all at the same time; llist_del_first() must not run
 * beside itself or llist_del_all(). */
#ifndef _LINUX_LLIST_H
#define _LINUX_LLIST_H

#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/container_of.h>
#include <linux/types.h>

struct llist_node {
	struct llist_node *next;
};

struct llist_head {
	struct llist_node *first;
};

#define LLIST_HEAD_INIT(name) { NULL }
#define LLIST_HEAD(name) struct llist_head name = LLIST_HEAD_INIT(name)
#define init_llist_head(list) ((void)((list)->first = NULL))

/* A node that is on no list points to itself. */
#define init_llist_node(node) WRITE_ONCE((node)->next, node)
#define llist_on_list(node) (READ_ONCE((node)->next) != (node))

#define llist_entry(ptr, type, member) container_of(ptr, type, member)
#define llist_empty(head) (READ_ONCE((head)->first) == NULL)
#define llist_next(node) ((node)->next)

#define llist_for_each(pos, node) \
	for (pos = (node); pos; pos = pos->next)
#define llist_for_each_safe(pos, n, node) \
	for (pos = (node); pos && ({ n = pos->next; 1; }); pos = n)
#define llist_entry_safe(ptr, type, member) ({				\
	struct llist_node *__llist_node = (ptr);			\
	__llist_node ? llist_entry(__llist_node, type, member) : NULL;	\
})
#define llist_for_each_entry(pos, node, member)				\
	for (pos = llist_entry_safe(node, typeof(*(pos)), member);	\
	     pos;							\
	     pos = llist_entry_safe((pos)->member.next, typeof(*(pos)), member))
#define llist_for_each_entry_safe(pos, n, node, member)			\
	for (pos = llist_entry_safe(node, typeof(*(pos)), member);	\
	     pos && ({ n = llist_entry_safe((pos)->member.next, typeof(*(n)), member); 1; }); \
	     pos = n)

/* Adds the chain from one node to another; true if the list was empty before. */
static inline bool llist_add_batch(struct llist_node *first, struct llist_node *last, struct llist_head *head)
{
	struct llist_node *old = READ_ONCE(head->first);

	do {
		last->next = old;
	} while (!try_cmpxchg(&head->first, &old, first));
	return old == NULL;
}

static inline bool llist_add(struct llist_node *node, struct llist_head *head)
{
	return llist_add_batch(node, node, head);
}

/* The nodes, the one that was added last first. */
static inline struct llist_node *llist_del_all(struct llist_head *head)
{
	return xchg(&head->first, NULL);
}

static inline struct llist_node *llist_del_first(struct llist_head *head)
{
	struct llist_node *entry = smp_load_acquire(&head->first);
	struct llist_node *next;

	do {
		if (!entry)
			return NULL;
		next = READ_ONCE(entry->next);
	} while (!try_cmpxchg(&head->first, &entry, next));
	return entry;
}

static inline struct llist_node *llist_reverse_order(struct llist_node *node)
{
	struct llist_node *reversed = NULL;

	while (node) {
		struct llist_node *next = node->next;

		node->next = reversed;
		reversed = node;
		node = next;
	}
	return reversed;
}

#endif
