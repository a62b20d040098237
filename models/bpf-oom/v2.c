/* "mm: introduce BPF struct ops for OOM handling", version 2 of October 2025: a struct_ops program attached
 * to a cgroup by a link that remembers the cgroup's id only, published in memcg->bpf_oom, read by OOM
 * handling and by the offline hook under SRCU. Written from docs/MODELS.md, whose step names stand at the
 * lines; it is not the patch's text.
 *
 * The review asked whether bpf_oom_ops_unreg() can race with bpf_oom_memcg_offline().
 *
 * The fix candidates of docs/MODELS.md include this file (v2-fa.c and so on) after they have defined some of
 * the following; version 2 itself defines none.
 *
 *   FIX_NO_WARN         unreg says nothing where its slot has something else
 *   FIX_ATOMIC          slots are changed by cmpxchg() and xchg() only
 *   FIX_PIN             the link keeps the reference of reg's look-up, and unreg looks nothing up
 *   FIX_SLOT_IN_CGROUP  slots lie in cgroups, which outlive their memcgs; offline leaves them alone
 *   FIX_REG_LOCKED, FIX_UNREG_LOCKED  cgroup_mutex around the look-up and the change of the slot,
 *   FIX_WAIT_LOCKED     and around unreg's grace period
 *   FIX_SLOT_OWNS       a slot has a reference on its map; who empties it drops that after a grace period
 *   FIX_DETACH_INSIDE, FIX_DETACH_OUTSIDE, FIX_DETACH_WORK  offline detaches the link: inside its read-side
 *                       section, after it, or by a work item
 *   FIX_FLUSH           unreg waits for the offline work of what it does not find any more */
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

/* Whose slot it is, and how reg and unreg find it. */
#ifdef FIX_SLOT_IN_CGROUP
#define slot_owner cgroup
#define slot_owner_of(memcg) ((memcg)->css.cgroup)
#define slot_owner_get(id) cgroup_get_from_id(id)
#define slot_owner_put(owner) cgroup_put(owner)
#else
#define slot_owner mem_cgroup
#define slot_owner_of(memcg) (memcg)
#define slot_owner_get(id) mem_cgroup_get_from_ino(id)
#define slot_owner_put(owner) mem_cgroup_put(owner)
#endif

#if defined(FIX_DETACH_INSIDE) || defined(FIX_DETACH_OUTSIDE) || defined(FIX_DETACH_WORK)
#define FIX_DETACH
#include "v2-detach.h"
#endif
#ifdef FIX_SLOT_OWNS
#include "v2-owns.h"
#endif
#ifdef FIX_FLUSH
static void flush_cgroup_destroy_wq(void);
#endif

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
		ops = READ_ONCE(slot_owner_of(memcg)->bpf_oom);		/* h2 */
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
#ifdef FIX_DETACH
	struct bpf_link *link;
#endif
	int idx;

	idx = srcu_read_lock(&bpf_oom_srcu);				/* f1 */
#if defined(FIX_SLOT_IN_CGROUP)
	ops = READ_ONCE(slot_owner_of(memcg)->bpf_oom);
#elif defined(FIX_ATOMIC)
	ops = xchg(&memcg->bpf_oom, NULL);
#else
	ops = READ_ONCE(memcg->bpf_oom);				/* f2 */
	WRITE_ONCE(memcg->bpf_oom, NULL);				/* f3 */
#endif
	if (ops && ops->handle_cgroup_offline)				/* f4 */
		ops->handle_cgroup_offline(cgroup_id(memcg->css.cgroup));
#ifdef FIX_DETACH
	link = take_link(memcg);
#endif
#ifdef FIX_DETACH_INSIDE
	detach_and_put(link);
#endif
	srcu_read_unlock(&bpf_oom_srcu, idx);				/* f5 */
#ifdef FIX_DETACH_OUTSIDE
	detach_and_put(link);
#endif
#ifdef FIX_DETACH_WORK
	queue_detach_and_put(link);
#endif
#ifdef FIX_SLOT_OWNS
	if (ops)
		put_ops_after_readers(ops);
#endif
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
	struct slot_owner *owner = NULL;
	u64 id = ops_link->cgroup_id;					/* g0 */
	int err = 0;

#ifdef FIX_REG_LOCKED
	cgroup_lock();
#endif
	if (id) {
		owner = slot_owner_get(id);				/* g1 */
		if (IS_ERR_OR_NULL(owner)) {
			err = PTR_ERR(owner);
			goto exit;
		}
		slot = &owner->bpf_oom;
	}
#ifdef FIX_SLOT_OWNS
	bpf_struct_ops_get(ops);
#endif
#ifdef FIX_ATOMIC
	if (cmpxchg(slot, NULL, ops))
		err = -EBUSY;
#else
	if (READ_ONCE(*slot))						/* g2, g3 */
		err = -EBUSY;
	else
		WRITE_ONCE(*slot, ops);					/* g4 */
#endif
#ifdef FIX_SLOT_OWNS
	if (err)
		bpf_struct_ops_put(ops);
#endif
#ifdef FIX_DETACH
	if (!err && owner)
		WRITE_ONCE(owner->bpf_oom_link, link);
#endif
#ifdef FIX_PIN
	if (!err) {
		ops_link->target = owner;
		goto exit;
	}
#endif
	if (owner)
		slot_owner_put(owner);					/* g5 */
exit:
#ifdef FIX_REG_LOCKED
	cgroup_unlock();
#endif
	return err;
}

/* Called with no lock held when the last descriptor of the link is closed, under update_mutex when the link
 * is detached. The caller drops the reference on the map, and with it the ops, right after. */
static void bpf_oom_ops_unreg(void *kdata, struct bpf_link *link)
{
	struct bpf_struct_ops_link *ops_link = container_of(link, struct bpf_struct_ops_link, link);
	struct bpf_oom_ops **slot = &system_bpf_oom;
	struct bpf_oom_ops *ops = kdata;
	struct slot_owner *owner = NULL;
	u64 id = ops_link->cgroup_id;					/* u0 */
	bool cleared = false;

#ifdef FIX_UNREG_LOCKED
	cgroup_lock();
#endif
	if (id) {
#ifdef FIX_PIN
		owner = ops_link->target;
#else
		owner = slot_owner_get(id);				/* u1 */
		if (IS_ERR_OR_NULL(owner))
			goto exit;
#endif
		slot = &owner->bpf_oom;
	}
#if defined(FIX_ATOMIC) && defined(FIX_NO_WARN)
	cleared = cmpxchg(slot, ops, NULL) == ops;
#elif defined(FIX_ATOMIC)
	cleared = !WARN_ON(cmpxchg(slot, ops, NULL) != ops);
#else
#ifdef FIX_NO_WARN
	cleared = READ_ONCE(*slot) == ops;
#else
	cleared = !WARN_ON(READ_ONCE(*slot) != ops);			/* u3 */
#endif
	if (cleared)
		WRITE_ONCE(*slot, NULL);				/* u4 */
#endif
#ifdef FIX_DETACH
	if (cleared && owner)
		WRITE_ONCE(owner->bpf_oom_link, NULL);
#endif
#ifndef FIX_PIN
	if (owner)
		slot_owner_put(owner);					/* u5 */
exit:
#endif
#if defined(FIX_UNREG_LOCKED) && !defined(FIX_WAIT_LOCKED)
	cgroup_unlock();
#endif
#ifdef FIX_FLUSH
	if (IS_ERR(owner))
		flush_cgroup_destroy_wq();
#endif
	synchronize_srcu(&bpf_oom_srcu);				/* u6 */
#ifdef FIX_WAIT_LOCKED
	cgroup_unlock();
#endif
#ifdef FIX_PIN
	if (owner)
		slot_owner_put(owner);
#endif
#ifdef FIX_SLOT_OWNS
	if (cleared)
		bpf_struct_ops_put(ops);
#endif
}

#include "register.h"

/* 02/23: the cgroup is named by a descriptor; where that is not of a cgroup, the link is forgotten. */
#define STRUCT_OPS_LINK_JOIN(st_link, target) \
	((st_link)->cgroup_id = (target), (target) == NOT_A_CGROUP ? -EBADF : 0)
#define STRUCT_OPS_LINK_JOIN_LEAKS

#include "../lib/cgroup.c"
#include "../lib/oom.c"
#include "../lib/bpf_link.c"

#ifdef FIX_FLUSH
static void do_nothing(struct work_struct *work)
{
}

/* flush_workqueue(): the queue runs one item after the other, so what was queued before has ended by then. */
static void flush_cgroup_destroy_wq(void)
{
	struct work_struct last = { .func = do_nothing };

	queue_work(cgroup_destroy_wq, &last);
	flush_work(&last);
}
#define OOM_WAITS_FOR_OFFLINE
#endif
#ifdef FIX_REG_LOCKED
#define OOM_LOOKUP_LOCKED
#endif

static bool slot_is_empty(struct cgroup *cgrp, struct mem_cgroup *memcg)
{
	return !slot_owner_of(memcg)->bpf_oom;
}

static bool slot_dangles(struct cgroup *cgrp, struct mem_cgroup *memcg)
{
	return dangles(slot_owner_of(memcg)->bpf_oom);
}

#define OOM_OFFLINE_CALLBACK
#include "scenarios.h"
