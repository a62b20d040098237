/* struct_ops maps attached like cgroup BPF programs: the part of kernel/bpf/cgroup.c that version 4 of the
 * BPF OOM patches uses in place of bpf_link.c. Each cgroup has an array of what is in effect in it: its own
 * first, then its ancestors'. Who changes one holds cgroup_mutex, who reads one RCU tasks trace. Step names
 * are those of docs/MODELS.md.
 *
 * The including file names the struct_ops with STRUCT_OPS, and gives an initialiser of one that does nothing
 * with STRUCT_OPS_STUBS. Maps are freed after a grace period of RCU tasks trace. Left out: other types of
 * program, flags, revisions, the order within a cgroup, LINK_UPDATE, poll(). */

/* Links that one scenario can have in effect in a cgroup. */
#define EFFECTIVE_MAX 4

struct bpf_cgroup_link {
	struct bpf_link link;
	struct cgroup *cgroup;		/* a reference each; both go when the link is detached */
	struct bpf_map *map;
};

/* A link in the list of its cgroup; without a link while it is being detached. */
struct bpf_prog_list {
	struct hlist_node node;
	struct bpf_cgroup_link *link;
};

/* The first item without kdata ends the array. */
struct bpf_prog_array {
	struct rcu_head rcu;
	struct bpf_prog_array_item {
		struct STRUCT_OPS *kdata;
	} items[EFFECTIVE_MAX + 1];
};

static struct bpf_prog_array bpf_empty_prog_array;
/* Programs that do nothing. */
static struct STRUCT_OPS struct_ops_cfi_stubs = STRUCT_OPS_STUBS;
/* A static key in the kernel: how many links there are. */
static atomic_t cgroup_bpf_enabled_key;

#define FREE_AFTER_MULT_RCU_GP
#define BPF_LINK_DEALLOC(link) cgroup_struct_ops_link_dealloc(link)
static void cgroup_struct_ops_link_dealloc(struct bpf_link *link);

#define CONFIG_CGROUP_BPF
#define CGROUP_BPF_ROOT { .refcnt = { .count = 1 }, .effective = &bpf_empty_prog_array }

#include "cgroup.c"
#include "bpf_syscall.c"

/* ------------------------------------------------------------------ what is in effect */

/* Set-ups make memory short; then an array may or may not be had. */
static bool memory_is_short;

static struct bpf_prog_array *bpf_prog_array_alloc(int count)
{
	if (!count)
		return &bpf_empty_prog_array;
	if (READ_ONCE(memory_is_short) && choose(2))
		return NULL;
	BUG_ON(count > EFFECTIVE_MAX);
	return kzalloc(sizeof(struct bpf_prog_array), GFP_KERNEL);
}

static void bpf_cgroup_array_free_rcu(struct rcu_head *rcu)
{
	kfree(container_of(rcu, struct bpf_prog_array, rcu));
}

static void bpf_cgroup_array_free(struct bpf_prog_array *array)
{
	if (array && array != &bpf_empty_prog_array)
		call_rcu_tasks_trace(&array->rcu, bpf_cgroup_array_free_rcu);
}

static int prog_list_length(struct cgroup *cgrp)
{
	struct bpf_prog_list *pl;
	int count = 0;

	hlist_for_each_entry(pl, &cgrp->bpf.progs, node)
		if (pl->link)
			count++;
	return count;
}

static struct bpf_prog_array *compute_effective_progs(struct cgroup *cgrp)
{
	struct bpf_prog_array *array;
	struct bpf_prog_list *pl;
	struct cgroup *p;
	int count = 0;

	for (p = cgrp; p; p = cgroup_parent(p))
		count += prog_list_length(p);
	array = bpf_prog_array_alloc(count);
	if (!array)
		return NULL;
	count = 0;
	for (p = cgrp; p; p = cgroup_parent(p))
		hlist_for_each_entry(pl, &p->bpf.progs, node)
			if (pl->link)
				array->items[count++].kdata = &to_st_map(pl->link->map)->data;
	return array;
}

/* The cgroup and all below it that are not on their way to the release. The caller holds cgroup_mutex. */
static int update_effective_progs(struct cgroup *cgrp)
{
	struct bpf_prog_array *old;
	struct cgroup *desc;

	for (desc = cgrp; desc; desc = next_descendant(desc, cgrp)) {	/* e1 */
		if (READ_ONCE(desc->bpf.refcnt.count) == 0)
			continue;
		desc->bpf.inactive = compute_effective_progs(desc);
		if (!desc->bpf.inactive)
			goto cleanup;
	}
	for (desc = cgrp; desc; desc = next_descendant(desc, cgrp)) {
		if (READ_ONCE(desc->bpf.refcnt.count) == 0) {
			bpf_cgroup_array_free(desc->bpf.inactive);
			desc->bpf.inactive = NULL;
			continue;
		}
		old = rcu_replace_pointer(desc->bpf.effective, desc->bpf.inactive, true);	/* e2 */
		desc->bpf.inactive = NULL;
		bpf_cgroup_array_free(old);				/* e3 */
	}
	return 0;

cleanup:
	for (desc = cgrp; desc; desc = next_descendant(desc, cgrp)) {
		bpf_cgroup_array_free(desc->bpf.inactive);
		desc->bpf.inactive = NULL;
	}
	return -ENOMEM;
}

/* The place of @target in the array of @cgrp, stubs not counted. It is attached to @cgrp or above. */
static int effective_prog_pos(struct cgroup *cgrp, struct bpf_prog_list *target)
{
	struct bpf_prog_list *pl;
	int pos = 0;

	for (; cgrp; cgrp = cgroup_parent(cgrp)) {
		hlist_for_each_entry(pl, &cgrp->bpf.progs, node) {
			if (pl == target)
				return pos;
			pos++;
		}
	}
	BUG();
	return 0;
}

/* There is no memory for new arrays: in the old ones a program that does nothing takes the place. */
static void purge_effective_progs(struct cgroup *cgrp, struct bpf_prog_list *pl)
{
	struct bpf_prog_array_item *item;
	struct cgroup *desc;
	int pos;

	for (desc = cgrp; desc; desc = next_descendant(desc, cgrp)) {
		if (READ_ONCE(desc->bpf.refcnt.count) == 0)
			continue;
		pos = effective_prog_pos(desc, pl);
		item = &desc->bpf.effective->items[0];
		while (item->kdata == &struct_ops_cfi_stubs || pos > 0) {
			if (item->kdata != &struct_ops_cfi_stubs)
				pos--;
			item++;
		}
		WRITE_ONCE(item->kdata, &struct_ops_cfi_stubs);			/* e4 */
	}
}

/* ------------------------------------------------------------------ links */

/* The caller holds cgroup_mutex, and has taken the link out of what is in effect. */
static void link_lets_go(struct bpf_cgroup_link *link)
{
	cgroup_put(link->cgroup);
	link->cgroup = NULL;
	bpf_map_put(link->map);
	WRITE_ONCE(link->map, NULL);
}

int bpf_link_detach(struct bpf_link *link)
{
	struct bpf_cgroup_link *cg_link = container_of(link, struct bpf_cgroup_link, link);
	struct bpf_prog_list *pl;
	struct cgroup *cgrp;

	cgroup_lock();
	cgrp = cg_link->cgroup;						/* d1 */
	if (!cgrp) {
		cgroup_unlock();
		return 0;
	}
	hlist_for_each_entry(pl, &cgrp->bpf.progs, node)
		if (pl->link == cg_link)
			break;
	pl->link = NULL;						/* d2 */
	if (update_effective_progs(cgrp)) {				/* d3 */
		pl->link = cg_link;
		purge_effective_progs(cgrp, pl);
	}
	hlist_del(&pl->node);						/* d4 */
	link_lets_go(cg_link);						/* d5 */
	kfree(pl);
	atomic_dec(&cgroup_bpf_enabled_key);				/* d6 */
	cgroup_unlock();
	return 0;
}

static void cgroup_struct_ops_link_dealloc(struct bpf_link *link)
{
	bpf_link_detach(link);
	kfree(container_of(link, struct bpf_cgroup_link, link));
}

/* The caller holds cgroup_mutex. */
static int link_attaches(struct bpf_cgroup_link *link)
{
	struct bpf_prog_list *pl = kzalloc(sizeof(*pl), GFP_KERNEL);
	int err;

	pl->link = link;
	hlist_add_head(&pl->node, &link->cgroup->bpf.progs);		/* k3 */
	err = update_effective_progs(link->cgroup);			/* k4 */
	if (err) {
		hlist_del(&pl->node);
		kfree(pl);
		link_lets_go(link);
		return err;
	}
	atomic_inc(&cgroup_bpf_enabled_key);				/* k5 */
	return 0;
}

/* The system as a whole is the root cgroup. */
struct bpf_link *bpf_link_create(struct bpf_map *map, u64 target)
{
	struct bpf_cgroup_link *link = kzalloc(sizeof(*link), GFP_KERNEL);
	struct cgroup *cgrp;
	int err;

	cgrp = cgroup_get_from_fd(target ? target : cgroup_id(root_cgroup));	/* k1 */
	if (IS_ERR(cgrp)) {
		kfree(link);
		return ERR_CAST(cgrp);
	}
	refcount_set(&link->link.refcnt, 1);
	bpf_map_get(map);						/* k2 */
	link->map = map;
	link->cgroup = cgrp;
	cgroup_lock();
	err = link_attaches(link);
	cgroup_unlock();
	if (err) {
		bpf_link_close(&link->link);
		return ERR_PTR(err);
	}
	return &link->link;
}

/* Only links attach. */
int bpf_struct_ops_map_update_elem(struct bpf_map *map)
{
	return -EOPNOTSUPP;
}

/* ------------------------------------------------------------------ cgroups that come and go */

static void cgroup_bpf_init(struct cgroup *cgrp)
{
	cgrp->bpf.effective = compute_effective_progs(cgrp);
}

/* The cgroup was removed. */
static void cgroup_bpf_detach_all(struct cgroup *cgrp)
{
	struct bpf_prog_list *pl;
	struct hlist_node *tmp;

	cgroup_lock();							/* r1 */
	hlist_for_each_entry_safe(pl, tmp, &cgrp->bpf.progs, node) {
		hlist_del(&pl->node);					/* r2 */
		link_lets_go(pl->link);					/* r3 */
		kfree(pl);
		atomic_dec(&cgroup_bpf_enabled_key);			/* r4 */
	}
	bpf_cgroup_array_free(cgrp->bpf.effective);			/* r5 */
#ifdef RELEASE_LEAVES_NOTHING
	rcu_assign_pointer(cgrp->bpf.effective, &bpf_empty_prog_array);
#endif
	cgroup_unlock();
}
