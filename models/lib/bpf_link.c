/* The link that attaches a struct_ops map through reg() and unreg(): kernel/bpf/bpf_struct_ops.c. What reg()
 * published is pinned by nothing.
 *
 * The including model says with three macros what it attaches:
 *
 *	#define STRUCT_OPS			my_ops
 *	#define STRUCT_OPS_REG(kdata, link)	my_ops_reg(kdata, link)
 *	#define STRUCT_OPS_UNREG(kdata, link)	my_ops_unreg(kdata, link)
 *
 * (the kernel calls through st_map->st_ops_desc->st_ops, which never changes), and where its patch changes
 * the life of links and maps, with those of the macros below and of bpf_syscall.c that it defines too. Left
 * out: the descriptor and id tables, poll(), which waits for the end of a link, LINK_UPDATE, pinning in
 * bpffs; of maps that are attached without a link, how they are detached. */
#include <linux/bpf.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

#define BPF_LINK_DEALLOC(link) bpf_struct_ops_map_link_dealloc(link)
static void bpf_struct_ops_map_link_dealloc(struct bpf_link *link);

#include "bpf_syscall.c"

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

static DEFINE_MUTEX(update_mutex);

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

/* A link that was detached has no map any more. */
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
