/* "mm: BPF OOM", version 3 of January 2026: a link holds a reference on its cgroup, the cgroup points back to
 * the link, and removing the cgroup detaches it. OOM handling reads both under RCU tasks trace. Written from
 * docs/MODELS.md, whose step names stand at the lines; it is not the patch's text.
 *
 * With RELEASE_TAKES_LINK_FIRST it is bpf-oom/v3-fixed: the tree in which removing a cgroup takes its
 * reference on a link before it touches the link. */
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

/* ------------------------------------------------------------------ links and cgroups */

/* k3 */
static int cgroup_bpf_attach_struct_ops(struct cgroup *cgrp, struct bpf_struct_ops_link *link)
{
	int ret = 0;

	cgroup_lock();
	if (READ_ONCE(cgrp->bpf.refcnt.count) == 0)
		ret = -EBUSY;
	else
		list_add_tail(&link->list, &cgrp->bpf.struct_ops_links);
	cgroup_unlock();
	return ret;
}

static void cgroup_bpf_detach_struct_ops(struct cgroup *cgrp, struct bpf_struct_ops_link *link)
{
	cgroup_lock();
	if (link->cgroup == cgrp) {
		list_del(&link->list);
		link->cgroup = NULL;
		cgroup_put(cgrp);
	}
	cgroup_unlock();
}

/* The system as a whole is the root cgroup. */
static int link_joins_cgroup(struct bpf_struct_ops_link *link, int fd)
{
	struct cgroup *cgrp = cgroup_get_from_fd(fd ? fd : cgroup_id(root_cgroup));	/* k1 */
	int err;

	if (IS_ERR(cgrp))
		return PTR_ERR(cgrp);
	link->cgroup = cgrp;						/* k2 */
	err = cgroup_bpf_attach_struct_ops(cgrp, link);			/* k3 */
	if (err) {
		cgroup_put(cgrp);
		link->cgroup = NULL;
	}
	return err;
}

/* Nobody holds cgroup_mutex: the cgroup may be gone from the link by now, or go while this waits for it. */
static void link_leaves_cgroup(struct bpf_struct_ops_link *link)
{
	struct cgroup *cgrp = link->cgroup;

	if (cgrp)
		cgroup_bpf_detach_struct_ops(cgrp, link);
}

#ifdef RELEASE_TAKES_LINK_FIRST
/* A link on its way out keeps its cgroup: bpf_struct_ops_map_link_dealloc() waits for cgroup_mutex. */
static void link_loses_cgroup(struct bpf_struct_ops_link *st_link, struct cgroup *cgrp)
{
	if (!refcount_inc_not_zero(&st_link->link.refcnt)) {		/* r4 */
		list_del_init(&st_link->list);
		return;
	}
	st_link->cgroup = NULL;						/* r3 */
	st_link->cgroup_removed = true;
	cgroup_put(cgrp);
}
#else
/* A link on its way out: bpf_struct_ops_map_link_dealloc() frees it when it has no cgroup. */
static void link_loses_cgroup(struct bpf_struct_ops_link *st_link, struct cgroup *cgrp)
{
	st_link->cgroup = NULL;						/* r3 */
	st_link->cgroup_removed = true;
	cgroup_put(cgrp);
	if (!refcount_inc_not_zero(&st_link->link.refcnt))		/* r4 */
		list_del(&st_link->list);
}
#endif

/* The cgroup was removed: every link leaves it and is detached, which wakes who polls the link. */
static void cgroup_bpf_detach_all(struct cgroup *cgrp)
{
	struct bpf_struct_ops_link *st_link, *st_tmp;
	LIST_HEAD(st_links);

	cgroup_lock();							/* r1 */
	list_splice_init(&cgrp->bpf.struct_ops_links, &st_links);	/* r2 */
	list_for_each_entry_safe(st_link, st_tmp, &st_links, list)
		link_loses_cgroup(st_link, cgrp);			/* r3, r4 */
	cgroup_unlock();						/* r5 */

	list_for_each_entry_safe(st_link, st_tmp, &st_links, list) {
		bpf_link_detach(&st_link->link);			/* r6 */
		bpf_link_close(&st_link->link);				/* r7 */
	}
}

static void cgroup_bpf_init(struct cgroup *cgrp)
{
	INIT_LIST_HEAD(&cgrp->bpf.struct_ops_links);
}

/* k4: fails where the task has too many files open. */
static bool descriptors_used_up;

static int link_gets_descriptor(struct bpf_struct_ops_link *link)
{
	return READ_ONCE(descriptors_used_up) ? -EMFILE : 0;
}

/* ------------------------------------------------------------------ the struct_ops */

/* The caller holds update_mutex. */
static int bpf_oom_ops_reg(void *kdata, struct bpf_link *link)
{
	struct bpf_struct_ops_link *st_link = container_of(link, struct bpf_struct_ops_link, link);
	struct cgroup *cgrp = st_link->cgroup;				/* g0 */

	if (!cgrp)
		return -EINVAL;
	if (cmpxchg(&cgrp->bpf.bpf_oom_link, NULL, st_link))		/* g1 */
		return -EEXIST;
	return 0;
}

/* Called with no lock held when the last descriptor of the link is closed, under update_mutex when the link
 * is detached. The caller drops the reference on the map and, on close, frees the link right after. */
static void bpf_oom_ops_unreg(void *kdata, struct bpf_link *link)
{
	struct bpf_struct_ops_link *st_link = container_of(link, struct bpf_struct_ops_link, link);
	struct cgroup *cgrp = st_link->cgroup;				/* u0 */

	if (!cgrp)
		return;							/* u1 */
	WARN_ON(cmpxchg(&cgrp->bpf.bpf_oom_link, st_link, NULL) != st_link);	/* u2 */
}

#include "register.h"

/* ------------------------------------------------------------------ models/lib/, with this version's part */

#define STRUCT_OPS_NEEDS_LINK
#define STRUCT_OPS_LINK_JOIN(link, fd) link_joins_cgroup(link, fd)
#define STRUCT_OPS_LINK_PRIME(link) link_gets_descriptor(link)
#define STRUCT_OPS_LINK_LEAVE(link) link_leaves_cgroup(link)
#define RCU_TASKS_STRETCHES

#define CONFIG_CGROUP_BPF
#define CGROUP_BPF_ROOT {						\
	.refcnt = { .count = 1 },					\
	.struct_ops_links = LIST_HEAD_INIT(cgrp_dfl_root.bpf.struct_ops_links),	\
}

#include "../lib/cgroup.c"
#include "../lib/memcontrol.c"
#include "../lib/oom.c"
#include "../lib/bpf_link.c"

/* ------------------------------------------------------------------ out of memory */

/* The caller holds oom_lock; the charging task pins oc->memcg, and that its cgroup. The task does not sleep
 * here but in the program. */
bool bpf_handle_oom(struct oom_control *oc)
{
	struct mem_cgroup *memcg = oc->memcg ? oc->memcg : root_mem_cgroup;
	struct bpf_struct_ops_link *st_link;
	struct bpf_oom_ops *ops;
	struct bpf_map *map;
	bool handled = false;
	int ret;

	rcu_tasks_stretch_begin();
	rcu_read_lock_trace();						/* h1 */
	for (; memcg; memcg = parent_mem_cgroup(memcg)) {
		st_link = rcu_dereference(memcg->css.cgroup->bpf.bpf_oom_link);	/* h2 */
		if (!st_link)
			continue;
		map = rcu_dereference(st_link->map);			/* h3 */
		if (!map)
			continue;
		ops = &to_st_map(map)->data;
		oc->bpf_memory_freed = false;
		if (ops->name[0])					/* h4 */
			oc->bpf_policy_name = ops->name;
		ret = ops->handle_out_of_memory(oc);			/* h5 */
		oc->bpf_policy_name = NULL;
		handled = ret && oc->bpf_memory_freed;			/* h6 */
		if (handled)
			break;
	}
	rcu_read_unlock_trace();					/* h7 */
	rcu_tasks_stretch_end();
	return handled;
}

static bool slot_is_empty(struct cgroup *cgrp, struct mem_cgroup *memcg)
{
	return !cgrp->bpf.bpf_oom_link;
}

static bool slot_dangles(struct cgroup *cgrp, struct mem_cgroup *memcg)
{
	return dangles(cgrp->bpf.bpf_oom_link);
}

#define program_sleeps() rcu_tasks_stretch_sleeps()
#include "scenarios.h"

/* ------------------------------------------------------------------ what only this version has */

/* V3-2: the link has left its cgroup before it is detached, so nothing takes it out of bpf_oom_link. */
scenario v3_2(void)
{
	struct cgroup *cg = cgroup_mkdir(root_cgroup);
	struct bpf_link *link = attach_ops(cgroup_id(cg));
	struct mem_cgroup *memcg = begin_charge(cg);

	cgroup_rmdir(cg);
	settle();
	thread("close(link)", bpf_link_close(link));
	thread("oom", oom_and_uncharge(memcg));
}

/* The same seen at the end, when nobody has run into it. */
scenario v3_2_dangles(void)
{
	struct cgroup *cg = cgroup_mkdir(root_cgroup);
	struct bpf_link *link = attach_ops(cgroup_id(cg));

	leave_a_page_charged(cg);
	cgroup_rmdir(cg);
	settle();
	thread("close(link)", bpf_link_close(link));
	at_end(!slot_dangles(cg, mem_cgroup_of(cg)));
}

/* V3-4: an attach that fails frees its link, which the removal may have found in the cgroup. */
scenario v3_4(void)
{
	struct cgroup *cg = cgroup_mkdir(root_cgroup);
	struct bpf_map *map = load_ops(oom_prog, offline_prog);

	descriptors_used_up = true;
	leave_a_page_charged(cg);
	thread("attach", bpf_link_create(map, cgroup_id(cg)));
	thread("rmdir", cgroup_rmdir(cg));
}

/* V3-5: the map is freed under a program that sleeps. The link stays. */
scenario v3_5(void)
{
	struct cgroup *cg = cgroup_mkdir(root_cgroup);
	struct bpf_link *link = attach_ops(cgroup_id(cg));
	struct mem_cgroup *memcg = begin_charge(cg);

	thread("detach(link)", bpf_link_detach(link));
	thread("oom", oom_and_uncharge(memcg));
}

/* V3-6: unreg has read which cgroup the link is in, and the removal drops the link's reference on that. It
 * takes the whole end of the cgroup until it is freed: random schedules hardly come there, explore does. */
scenario v3_6(void)
{
	struct cgroup *cg = cgroup_mkdir(root_cgroup);
	struct bpf_link *link = attach_ops(cgroup_id(cg));

	cgroup_rmdir(cg);
	thread("close(link)", bpf_link_close(link));
}
