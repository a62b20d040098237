/* The life of a struct_ops map and of the link that attaches it. A map is pinned by its links, a link by its
 * descriptors; what reg() published is pinned by nothing.
 *
 * The including model says with three macros what it attaches:
 *
 *	#define STRUCT_OPS			my_ops
 *	#define STRUCT_OPS_REG(kdata, link)	my_ops_reg(kdata, link)
 *	#define STRUCT_OPS_UNREG(kdata, link)	my_ops_unreg(kdata, link)
 *
 * (the kernel calls through st_map->st_ops_desc->st_ops, which never changes), and where its patch changes
 * the life of links and maps, with those of the macros below that it defines too. Left out: the descriptor
 * and id tables, poll(), which waits for the end of a link, LINK_UPDATE, pinning in bpffs; of maps that are
 * attached without a link, how they are detached. */
#include <linux/bpf.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

/* The new link learns what it is for: -errno or 0. */
#ifndef STRUCT_OPS_LINK_JOIN
#define STRUCT_OPS_LINK_JOIN(st_link, target) ((st_link)->cgroup_id = (target), 0)
#endif
/* STRUCT_OPS_LINK_JOIN_LEAKS, a macro: who creates it returns at once where that failed. */
/* It gets its descriptor and its id: -errno or 0. */
#ifndef STRUCT_OPS_LINK_PRIME
#define STRUCT_OPS_LINK_PRIME(st_link) 0
#endif
/* It is for nothing any more; may be called again. */
#ifndef STRUCT_OPS_LINK_LEAVE
#define STRUCT_OPS_LINK_LEAVE(st_link) ((void)0)
#endif
/* What is waited for before a map is freed: RCU and RCU-tasks at once in the kernel. Where no task marks the
 * stretches in which it does not sleep, the latter waits for nothing and is left out. */
#ifndef STRUCT_OPS_MAP_WAIT
#define STRUCT_OPS_MAP_WAIT() synchronize_rcu()
#endif

static DEFINE_MUTEX(update_mutex);

struct bpf_struct_ops_map {
	struct bpf_map map;
	struct STRUCT_OPS data;		/* the image: what reg() publishes lies in the map itself */
};

static struct bpf_struct_ops_map *to_st_map(struct bpf_map *map)
{
	return container_of(map, struct bpf_struct_ops_map, map);
}

/* ------------------------------------------------------------------ maps */

/* The last reference went. */
static void bpf_map_free_deferred(struct work_struct *work)
{
	struct bpf_map *map = container_of(work, struct bpf_map, work);

	STRUCT_OPS_MAP_WAIT();
	kfree(to_st_map(map));
}

void bpf_map_get(struct bpf_map *map)
{
	refcount_inc(&map->refcnt);
}

void bpf_map_put(struct bpf_map *map)
{
	if (refcount_dec_and_test(&map->refcnt))
		queue_work(system_unbound_wq, &map->work);
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

struct bpf_link *bpf_link_create(struct bpf_map *map, u64 target)
{
	struct bpf_struct_ops_link *link;
	int err;

	bpf_map_get(map);
	link = kzalloc(sizeof(*link), GFP_KERNEL);
	refcount_set(&link->link.refcnt, 1);
	err = STRUCT_OPS_LINK_JOIN(link, target);
	if (err)
#ifdef STRUCT_OPS_LINK_JOIN_LEAKS
		return ERR_PTR(err);
#else
		goto err_out;
#endif
	err = STRUCT_OPS_LINK_PRIME(link);
	if (err) {
		STRUCT_OPS_LINK_LEAVE(link);
		goto err_out;
	}

	mutex_lock(&update_mutex);
	err = STRUCT_OPS_REG(&to_st_map(map)->data, &link->link);
	if (err) {
		mutex_unlock(&update_mutex);
		bpf_link_close(&link->link);
		bpf_map_put(map);
		return ERR_PTR(err);
	}
	rcu_assign_pointer(link->map, map);
	mutex_unlock(&update_mutex);
	return &link->link;

err_out:
	bpf_map_put(map);
	kfree(link);
	return ERR_PTR(err);
}

/* BPF_MAP_UPDATE_ELEM of a map that is not made for links: it is attached to nothing in particular. With the
 * macro STRUCT_OPS_NEEDS_LINK that is refused. */
int bpf_struct_ops_map_update_elem(struct bpf_map *map)
{
#ifdef STRUCT_OPS_NEEDS_LINK
	return -EOPNOTSUPP;
#else
	return STRUCT_OPS_REG(&to_st_map(map)->data, NULL);
#endif
}

/* The last reference went: no lock is held here. A link that was detached has no map any more. */
static void bpf_struct_ops_map_link_dealloc(struct bpf_link *link)
{
	struct bpf_struct_ops_link *st_link = container_of(link, struct bpf_struct_ops_link, link);
	struct bpf_map *map = st_link->map;

	if (map) {
		STRUCT_OPS_UNREG(&to_st_map(map)->data, link);
		bpf_map_put(map);
	}
	STRUCT_OPS_LINK_LEAVE(st_link);
	kfree(st_link);
}

/* For a second descriptor of the link. */
void bpf_link_inc(struct bpf_link *link)
{
	refcount_inc(&link->refcnt);
}

void bpf_link_close(struct bpf_link *link)
{
	if (refcount_dec_and_test(&link->refcnt))
		bpf_struct_ops_map_link_dealloc(link);
}

int bpf_link_detach(struct bpf_link *link)
{
	struct bpf_struct_ops_link *st_link = container_of(link, struct bpf_struct_ops_link, link);
	struct bpf_map *map;

	mutex_lock(&update_mutex);
	map = st_link->map;
	if (!map) {
		mutex_unlock(&update_mutex);
		return -EINVAL;
	}
	STRUCT_OPS_UNREG(&to_st_map(map)->data, link);
	rcu_assign_pointer(st_link->map, NULL);
	bpf_map_put(map);
	mutex_unlock(&update_mutex);
	STRUCT_OPS_LINK_LEAVE(st_link);
	return 0;
}
