/* "mm: BPF OOM", version 1 of August 2025: struct_ops programs on one list for the whole system, each on a
 * node of its own with an SRCU domain of its own, inside an SRCU domain for the walk over the list.
 * Written from docs/MODELS.md, whose step names stand at the lines; it is not the patch's text.
 *
 * A link says nothing about cgroups here: every program is asked at every OOM, the last attached first, and
 * no program hears of a cgroup that goes away. */
#include <raceproof.h>
#include <linux/bpf.h>
#include <linux/bug.h>
#include <linux/init.h>
#include <linux/oom.h>
#include <linux/rculist.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/srcu.h>

#define BPF_OOM_NAME_MAX_LEN 8

struct bpf_oom_node;

struct bpf_oom_ops {
	int (*handle_out_of_memory)(struct oom_control *oc);
	char name[BPF_OOM_NAME_MAX_LEN];
	struct bpf_oom_node *node;
};

struct bpf_oom_node {
	struct list_head list;
	struct bpf_oom_ops *ops;
	struct srcu_struct srcu;	/* protects ops; the walk over the list is bpf_oom_srcu's */
};

DEFINE_STATIC_SRCU(bpf_oom_srcu);
static DEFINE_SPINLOCK(bpf_oom_lock);
static LIST_HEAD(bpf_oom_nodes);

/* The caller holds oom_lock. The task does not sleep here but in the program. */
bool bpf_handle_oom(struct oom_control *oc)
{
	struct bpf_oom_node *node;
	struct bpf_oom_ops *ops;
	bool handled = false;
	int list_idx, idx, ret;

	rcu_tasks_stretch_begin();
	list_idx = srcu_read_lock(&bpf_oom_srcu);			/* c1 */
	list_for_each_entry_srcu(node, &bpf_oom_nodes, list, true) {	/* c2 */
		ops = READ_ONCE(node->ops);				/* c3 */
		if (!ops || !ops->handle_out_of_memory)			/* c4 */
			continue;
		idx = srcu_read_lock(&node->srcu);			/* c5 */
		oc->bpf_memory_freed = false;
		if (ops->name[0])					/* c6 */
			oc->bpf_policy_name = ops->name;
		ret = ops->handle_out_of_memory(oc);			/* c7 */
		oc->bpf_policy_name = NULL;
		srcu_read_unlock(&node->srcu, idx);			/* c8 */
		handled = ret && oc->bpf_memory_freed;
		if (handled)
			break;
	}
	srcu_read_unlock(&bpf_oom_srcu, list_idx);			/* c9 */
	rcu_tasks_stretch_end();
	return handled;
}

/* The caller holds update_mutex. */
static int bpf_oom_ops_reg(void *kdata, struct bpf_link *link)
{
	struct bpf_oom_ops *ops = kdata;
	struct bpf_oom_node *node = kzalloc(sizeof(*node), GFP_KERNEL);	/* a1 */

	if (init_srcu_struct(&node->srcu)) {				/* a2 */
		kfree(node);
		return -ENOMEM;
	}
	WRITE_ONCE(node->ops, ops);					/* a3 */
	ops->node = node;						/* a4 */

	spin_lock(&bpf_oom_lock);					/* a5 */
	list_add_rcu(&node->list, &bpf_oom_nodes);			/* a6 */
	spin_unlock(&bpf_oom_lock);					/* a7 */
	return 0;
}

#ifndef RACEPROOF_SRCU_ALGORITHM
/* synchronize_srcu() as the kernel makes it, for whoever asks: a callback, and the domain's own worker, which
 * looks at the domain again when it has run it. That is what cleanup_srcu_struct() waits for. */
static __thread bool srcu_has_worker;

struct srcu_waiter {
	struct rcu_head head;
	struct completion over;
	struct srcu_struct *srcu;
};

static void srcu_worker(struct rcu_head *head)
{
	struct srcu_waiter *waiter = container_of(head, struct srcu_waiter, head);
	struct srcu_struct *srcu = waiter->srcu;

	complete(&waiter->over);
	READ_ONCE(srcu->domain.pending);
}

static void wait_for_worker(struct srcu_struct *srcu)
{
	struct srcu_waiter waiter = { .srcu = srcu };

	call_srcu(srcu, &waiter.head, srcu_worker);
	wait_for_completion(&waiter.over);
}

static void wait_for_readers(struct srcu_struct *srcu)
{
	if (srcu_has_worker)
		wait_for_worker(srcu);
	else
		synchronize_srcu(srcu);
}
#else
#define wait_for_readers(srcu) synchronize_srcu(srcu)
#endif

/* Called with no lock held when the last descriptor of the link is closed, under update_mutex when the link
 * is detached. The caller drops the reference on the map, and with it the ops, right after. */
static void bpf_oom_ops_unreg(void *kdata, struct bpf_link *link)
{
	struct bpf_oom_ops *ops = kdata;
	struct bpf_oom_node *node = ops->node;				/* b1 */

	WRITE_ONCE(node->ops, NULL);					/* b2 */

	spin_lock(&bpf_oom_lock);					/* b3 */
	list_del_rcu(&node->list);					/* b4 */
	spin_unlock(&bpf_oom_lock);					/* b5 */

	wait_for_readers(&node->srcu);					/* b6: not bpf_oom_srcu's */
	kfree(node);							/* b7 */
}

#include "register.h"

#define RCU_TASKS_STRETCHES

#include "../lib/cgroup.c"
#include "../lib/memcontrol.c"
#include "../lib/oom.c"
#include "../lib/bpf_link.c"
static bool slot_is_empty(struct cgroup *cgrp, struct mem_cgroup *memcg)
{
	return list_empty(&bpf_oom_nodes);
}

static bool slot_dangles(struct cgroup *cgrp, struct mem_cgroup *memcg)
{
	return dangles(bpf_oom_nodes.next);
}

#define ATTACHED_OF_TWO 2
#define program_sleeps() rcu_tasks_stretch_sleeps()
#include "scenarios.h"

/* ------------------------------------------------------------------ what only this version has */

/* V1-a: the walker has left the program of a node, and stands on the node, when that is freed. */
scenario v1_a(void)
{
	struct cgroup *cg = cgroup_mkdir(root_cgroup);
	struct bpf_link *link = attach_program(cgroup_id(cg), oom_prog_passes);
	struct mem_cgroup *memcg = begin_charge(cg);

	thread("close(link)", bpf_link_close(link));
	thread("oom", oom_and_uncharge(memcg));
}

#ifndef RACEPROOF_SRCU_ALGORITHM
static void close_with_worker(struct bpf_link *link)
{
	srcu_has_worker = true;
	bpf_link_close(link);
}

/* V1-c: no race with anybody but the domain itself, which is freed with the node and was not cleaned up. */
scenario v1_c(void)
{
	struct cgroup *cg = cgroup_mkdir(root_cgroup);
	struct bpf_link *link = attach_ops(cgroup_id(cg));

	thread("close(link)", close_with_worker(link));
}
#endif
