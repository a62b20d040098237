/* "mm: introduce BPF struct ops for OOM handling", version 2 of October 2025: a struct_ops program attached
 * to a cgroup by a link that remembers the cgroup's id only, published in memcg->bpf_oom, read by OOM
 * handling and by the offline hook under SRCU. Written from docs/MODELS.md, whose step names stand at the
 * lines; it is not the patch's text.
 *
 * The review asked whether bpf_oom_ops_unreg() can race with bpf_oom_memcg_offline(). */
#include <raceproof.h>
#include <linux/bpf.h>
#include <linux/bug.h>
#include <linux/init.h>
#include <linux/oom.h>
#include <linux/slab.h>
#include <linux/srcu.h>

#define BPF_OOM_NAME_MAX_LEN 8

struct bpf_oom_ops {
	int (*handle_out_of_memory)(struct oom_control *oc);
	void (*handle_cgroup_offline)(u64 cgroup_id);
	char name[BPF_OOM_NAME_MAX_LEN];
};

DEFINE_STATIC_SRCU(bpf_oom_srcu);
static struct bpf_oom_ops *system_bpf_oom;

/* The caller holds oom_lock; the charging task pins oc->memcg. */
static bool bpf_ops_handle_oom(struct bpf_oom_ops *ops, struct oom_control *oc)
{
	int ret;

	oc->bpf_memory_freed = false;
	if (ops->name[0])						/* h4 */
		oc->bpf_policy_name = ops->name;
	ret = ops->handle_out_of_memory(oc);				/* h5 */
	oc->bpf_policy_name = NULL;
	return ret && oc->bpf_memory_freed;				/* h6 */
}

bool bpf_handle_oom(struct oom_control *oc)
{
	struct bpf_oom_ops *ops;
	struct mem_cgroup *memcg;
	bool handled = false;
	int idx;

	idx = srcu_read_lock(&bpf_oom_srcu);				/* h1 */
	for (memcg = oc->memcg; memcg; memcg = parent_mem_cgroup(memcg)) {
		ops = READ_ONCE(memcg->bpf_oom);			/* h2 */
		if (!ops)						/* h3 */
			continue;
		handled = bpf_ops_handle_oom(ops, oc);
		if (handled)
			goto exit;
	}
	ops = READ_ONCE(system_bpf_oom);				/* h7 */
	if (ops)
		handled = bpf_ops_handle_oom(ops, oc);			/* h8 */
exit:
	srcu_read_unlock(&bpf_oom_srcu, idx);				/* h9 */
	return handled;
}

static void bpf_oom_memcg_offline(struct mem_cgroup *memcg)
{
	struct bpf_oom_ops *ops;
	int idx;

	idx = srcu_read_lock(&bpf_oom_srcu);				/* f1 */
	ops = READ_ONCE(memcg->bpf_oom);				/* f2 */
	WRITE_ONCE(memcg->bpf_oom, NULL);				/* f3 */
	if (ops && ops->handle_cgroup_offline)				/* f4 */
		ops->handle_cgroup_offline(cgroup_id(memcg->css.cgroup));
	srcu_read_unlock(&bpf_oom_srcu, idx);				/* f5 */
}

/* mm/memcontrol.c, with the line that the patch adds. */
void mem_cgroup_css_offline(struct cgroup_subsys_state *css)
{
	struct mem_cgroup *memcg = mem_cgroup_from_css(css);

	bpf_oom_memcg_offline(memcg);
}

/* The caller holds update_mutex. */
static int bpf_oom_ops_reg(void *kdata, struct bpf_link *link)
{
	struct bpf_struct_ops_link *ops_link = container_of(link, struct bpf_struct_ops_link, link);
	struct bpf_oom_ops **slot = &system_bpf_oom;
	struct bpf_oom_ops *ops = kdata;
	struct mem_cgroup *memcg = NULL;
	u64 id = ops_link->cgroup_id;					/* g0 */
	int err = 0;

	if (id) {
		memcg = mem_cgroup_get_from_ino(id);			/* g1 */
		if (IS_ERR_OR_NULL(memcg))
			return PTR_ERR(memcg);
		slot = &memcg->bpf_oom;
	}
	if (READ_ONCE(*slot))						/* g2, g3 */
		err = -EBUSY;
	else
		WRITE_ONCE(*slot, ops);					/* g4 */
	if (memcg)
		mem_cgroup_put(memcg);					/* g5 */
	return err;
}

/* Called with no lock held when the last descriptor of the link is closed, under update_mutex when the link
 * is detached. The caller drops the reference on the map, and with it the ops, right after. */
static void bpf_oom_ops_unreg(void *kdata, struct bpf_link *link)
{
	struct bpf_struct_ops_link *ops_link = container_of(link, struct bpf_struct_ops_link, link);
	struct bpf_oom_ops **slot = &system_bpf_oom;
	struct bpf_oom_ops *ops = kdata;
	struct mem_cgroup *memcg = NULL;
	u64 id = ops_link->cgroup_id;					/* u0 */

	if (id) {
		memcg = mem_cgroup_get_from_ino(id);			/* u1 */
		if (IS_ERR_OR_NULL(memcg))
			goto exit;
		slot = &memcg->bpf_oom;
	}
	if (!WARN_ON(READ_ONCE(*slot) != ops))				/* u3 */
		WRITE_ONCE(*slot, NULL);				/* u4 */
	if (memcg)
		mem_cgroup_put(memcg);					/* u5 */
exit:
	synchronize_srcu(&bpf_oom_srcu);				/* u6 */
}

static struct bpf_struct_ops bpf_oom_bpf_ops = {
	.reg = bpf_oom_ops_reg,
	.unreg = bpf_oom_ops_unreg,
	.name = "bpf_oom_ops",
};

static int __init bpf_oom_struct_ops_init(void)
{
	return register_bpf_struct_ops(&bpf_oom_bpf_ops, bpf_oom_ops);
}
late_initcall(bpf_oom_struct_ops_init);

#define STRUCT_OPS bpf_oom_ops
#define STRUCT_OPS_REG(kdata, link) bpf_oom_ops_reg(kdata, link)
#define STRUCT_OPS_UNREG(kdata, link) bpf_oom_ops_unreg(kdata, link)

#include "../lib/cgroup.c"
#include "../lib/oom.c"
#include "../lib/bpf_link.c"

static bool slot_is_empty(struct cgroup *cgrp, struct mem_cgroup *memcg)
{
	return !memcg->bpf_oom;
}

static bool slot_dangles(struct cgroup *cgrp, struct mem_cgroup *memcg)
{
	return dangles(memcg->bpf_oom);
}

#define OOM_OFFLINE_CALLBACK
#include "scenarios.h"
