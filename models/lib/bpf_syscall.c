/* The reference counts of struct_ops maps and of links, and the end of a map: kernel/bpf/syscall.c and the
 * map's part of bpf_struct_ops.c. A map is pinned by its links, a link by its descriptors.
 *
 * The including file names the struct_ops with STRUCT_OPS; frees, with BPF_LINK_DEALLOC(link), a link whose
 * last reference went, no lock being held. Maps are freed after a grace period of RCU and, in the kernel, RCU
 * tasks: that is waited for with
 *
 *   RCU_TASKS_STRETCHES      where tasks mark the stretches in which they do not sleep; else there are none
 *   FREE_AFTER_MULT_RCU_GP   where RCU tasks trace is waited for before that */
#include <linux/bpf.h>
#include <linux/kernel.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

struct bpf_struct_ops_map {
	struct bpf_map map;
	struct STRUCT_OPS data;		/* the image: what is published lies in the map itself */
};

static struct bpf_struct_ops_map *to_st_map(struct bpf_map *map)
{
	return container_of(map, struct bpf_struct_ops_map, map);
}

/* ------------------------------------------------------------------ maps */

static void bpf_map_free_deferred(struct work_struct *work)
{
	struct bpf_map *map = container_of(work, struct bpf_map, work);

#ifdef RCU_TASKS_STRETCHES
	synchronize_rcu_tasks();
#endif
	synchronize_rcu();
	kfree(to_st_map(map));
}

#ifdef FREE_AFTER_MULT_RCU_GP
static void bpf_map_free_mult_rcu_gp(struct rcu_head *head)
{
	struct bpf_map *map = container_of(head, struct bpf_map, rcu);

	queue_work(system_unbound_wq, &map->work);
}
#endif

void bpf_map_get(struct bpf_map *map)
{
	refcount_inc(&map->refcnt);
}

void bpf_map_put(struct bpf_map *map)
{
	if (refcount_dec_and_test(&map->refcnt)) {
#ifdef FREE_AFTER_MULT_RCU_GP
		call_rcu_tasks_trace(&map->rcu, bpf_map_free_mult_rcu_gp);
#else
		queue_work(system_unbound_wq, &map->work);
#endif
	}
}

static struct bpf_map *map_of(void *kdata)
{
	return &container_of(kdata, struct bpf_struct_ops_map, data)->map;
}

void bpf_struct_ops_get(void *kdata)
{
	bpf_map_get(map_of(kdata));
}

void bpf_struct_ops_put(void *kdata)
{
	bpf_map_put(map_of(kdata));
}

/* For the set-up: the caller fills in the image and has the only reference, the map's descriptor. */
static struct bpf_struct_ops_map *bpf_struct_ops_map_create(void)
{
	struct bpf_struct_ops_map *st_map = kzalloc(sizeof(*st_map), GFP_KERNEL);

	refcount_set(&st_map->map.refcnt, 1);
	INIT_WORK(&st_map->map.work, bpf_map_free_deferred);
	return st_map;
}

/* ------------------------------------------------------------------ links */

/* For a second descriptor of the link. */
void bpf_link_inc(struct bpf_link *link)
{
	refcount_inc(&link->refcnt);
}

void bpf_link_close(struct bpf_link *link)
{
	if (refcount_dec_and_test(&link->refcnt))
		BPF_LINK_DEALLOC(link);
}
