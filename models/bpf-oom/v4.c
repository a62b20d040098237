/* The tree that followed version 3 of the BPF OOM patches ("version 4" here; nothing of that number was
 * posted): a struct_ops map is attached to a cgroup like any cgroup BPF program. Each cgroup has an array of
 * what is in effect in it, its own first, then its ancestors'; who changes one holds cgroup_mutex, and OOM
 * handling reads it under RCU tasks trace. Written from docs/MODELS.md, whose step names stand at the lines;
 * it is not the patch's text.
 *
 * With OOM_HOLDS_CGROUP_BPF and RELEASE_LEAVES_NOTHING it is bpf-oom/v4-fixed, a repair of our own. */
#include <raceproof.h>
#include <linux/bpf.h>
#include <linux/bug.h>
#include <linux/cgroup.h>
#include <linux/init.h>
#include <linux/list.h>
#include <linux/oom.h>
#include <linux/rcupdate_trace.h>
#include <linux/slab.h>

#define BPF_OOM_NAME_MAX_LEN 8

struct bpf_oom_ops {
	int (*handle_out_of_memory)(struct oom_control *oc);
	char name[BPF_OOM_NAME_MAX_LEN];
};

static int stub_handle_out_of_memory(struct oom_control *oc)
{
	return 0;
}

#define STRUCT_OPS bpf_oom_ops
#define STRUCT_OPS_STUBS { .handle_out_of_memory = stub_handle_out_of_memory }

#include "../lib/cgroup_effective.c"
#include "../lib/memcontrol.c"
#include "../lib/oom.c"

/* ------------------------------------------------------------------ out of memory */

#ifdef OOM_HOLDS_CGROUP_BPF
/* Of a removed cgroup the nearest ancestor; the root is there for good. */
static struct cgroup *get_effective_cgroup(struct mem_cgroup *memcg)
{
	struct cgroup *cgrp = memcg->css.cgroup;

	while (!css_ref_tryget_live(&cgrp->bpf.refcnt))
		cgrp = cgroup_parent(cgrp);
	return cgrp;
}

static void put_effective_cgroup(struct cgroup *cgrp)
{
	cgroup_bpf_put(cgrp);
}
#else
/* The memcg pins its cgroup, but not the cgroup's BPF part: of a removed one that may have been released. */
static struct cgroup *get_effective_cgroup(struct mem_cgroup *memcg)
{
	return memcg->css.cgroup;
}

static void put_effective_cgroup(struct cgroup *cgrp)
{
}
#endif

/* The caller holds oom_lock; the charging task pins oc->memcg, and that its cgroup. */
bool bpf_handle_oom(struct oom_control *oc)
{
	struct bpf_prog_array_item *item;
	struct bpf_oom_ops *ops;
	struct cgroup *cgrp;
	bool handled = false;
	int ret;

	if (!atomic_read(&cgroup_bpf_enabled_key))			/* h1 */
		return false;
	rcu_read_lock_trace();						/* h2 */
	cgrp = get_effective_cgroup(oc->memcg ? oc->memcg : root_mem_cgroup);
	item = &rcu_dereference(cgrp->bpf.effective)->items[0];		/* h3 */
	for (; !handled && (ops = READ_ONCE(item->kdata)); item++) {	/* h4 */
		oc->bpf_memory_freed = false;
		if (ops->name[0])					/* h5 */
			oc->bpf_policy_name = ops->name;
		ret = ops->handle_out_of_memory(oc);			/* h6 */
		oc->bpf_policy_name = NULL;
		handled = ret && oc->bpf_memory_freed;
	}
	put_effective_cgroup(cgrp);
	rcu_read_unlock_trace();					/* h7 */
	return handled;
}

static struct bpf_struct_ops bpf_oom_bpf_ops = {
	.name = "bpf_oom_ops",
};

static int __init bpf_oom_struct_ops_init(void)
{
	return register_bpf_struct_ops(&bpf_oom_bpf_ops, bpf_oom_ops);
}
late_initcall(bpf_oom_struct_ops_init);

static bool is_in_effect(struct cgroup *cgrp)
{
	return cgrp->bpf.effective != &bpf_empty_prog_array;
}

static bool slot_is_empty(struct cgroup *cgrp, struct mem_cgroup *memcg)
{
	return !is_in_effect(cgrp);
}

static bool slot_dangles(struct cgroup *cgrp, struct mem_cgroup *memcg)
{
	return dangles(cgrp->bpf.effective);
}

#define ATTACHED_OF_TWO 2
#include "scenarios.h"

/* ------------------------------------------------------------------ what only this version has */

/* V4-1: what was in effect in a removed cgroup is freed, and the cgroup still points to it. Programs for the
 * system are in effect there too. */
scenario v4_1(void)
{
	struct cgroup *cg = cgroup_mkdir(root_cgroup);
	struct mem_cgroup *memcg = begin_charge(cg);

	attach_ops(0);
	cgroup_rmdir(cg);
	thread("oom", oom_and_uncharge(memcg));
}

/* V4-2: a link is closed when its cgroup is about to be released, so that what is in effect there stays. */
scenario v4_2(void)
{
	struct cgroup *cg = cgroup_mkdir(root_cgroup);
	struct bpf_link *link = attach_ops(cgroup_id(cg));
	struct mem_cgroup *memcg = begin_charge(cg);

	attach_ops(0);
	cgroup_rmdir(cg);
	thread("close(link)", bpf_link_close(link));
	thread("oom", oom_and_uncharge(memcg));
}

/* A link is closed while another is in effect beside it, and memory for what is in effect without it can be
 * had or not. */
scenario v4_stub(void)
{
	struct cgroup *cg = cgroup_mkdir(root_cgroup);
	struct bpf_link *link = attach_program(cgroup_id(root_cgroup), oom_prog_passes);
	struct mem_cgroup *memcg = begin_charge(cg);

	attach_program(cgroup_id(cg), oom_prog_passes);
	memory_is_short = true;
	thread("close(link)", bpf_link_close(link));
	thread("oom", oom_and_uncharge(memcg));
}

/* The same with both links closed. */
scenario close_without_memory_vs_oom(void)
{
	struct cgroup *cg = cgroup_mkdir(root_cgroup);
	struct bpf_link *link = attach_program(cgroup_id(root_cgroup), oom_prog_passes);
	struct bpf_link *below = attach_program(cgroup_id(cg), oom_prog_passes);
	struct mem_cgroup *memcg = begin_charge(cg);

	memory_is_short = true;
	thread("close(link)", bpf_link_close(link));
	thread("close(below)", bpf_link_close(below));
	thread("oom", oom_and_uncharge(memcg));
}
