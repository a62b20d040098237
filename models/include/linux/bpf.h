/* struct_ops maps and the links that attach them. The functions are models/lib/bpf_link.c. */
#ifndef _LINUX_BPF_H
#define _LINUX_BPF_H

#include <linux/types.h>
#include <linux/refcount.h>
#include <linux/workqueue.h>

struct cgroup;

struct bpf_link {
	refcount_t refcnt;
};

struct bpf_map {
	refcount_t refcnt;
	struct work_struct work;
	struct rcu_head rcu;
};

struct bpf_struct_ops_link {
	struct bpf_link link;
	struct bpf_map *map;
	u64 cgroup_id;			/* added by version 2 of the BPF OOM patches; no reference */
	void *target;			/* added by fix candidates of it; a reference */
	/* Added by version 3: */
	struct cgroup *cgroup;		/* a reference, until the link leaves the cgroup */
	bool cgroup_removed;
	struct list_head list;		/* among cgroup->bpf.struct_ops_links */
};

struct bpf_struct_ops {
	int (*init)(void);
	int (*reg)(void *kdata, struct bpf_link *link);
	void (*unreg)(void *kdata, struct bpf_link *link);
	const char *name;
};

/* Names the struct whose calls through a field are calls of BPF programs: begin, body, end. */
#define register_bpf_struct_ops(st_ops, type) ((void)(st_ops), (void)sizeof(struct type), 0)

void bpf_map_get(struct bpf_map *map);
void bpf_map_put(struct bpf_map *map);
/* A reference on the map that the image @kdata lies in. */
void bpf_struct_ops_get(void *kdata);
void bpf_struct_ops_put(void *kdata);
/* BPF_MAP_UPDATE_ELEM: attaches without a link. */
int bpf_struct_ops_map_update_elem(struct bpf_map *map);
/* BPF_LINK_CREATE: a link or an error pointer. @target is a cgroup's id, 0 is the whole system. */
struct bpf_link *bpf_link_create(struct bpf_map *map, u64 target);
void bpf_link_inc(struct bpf_link *link);
/* close() of a descriptor of a link. */
void bpf_link_close(struct bpf_link *link);
/* BPF_LINK_DETACH. */
int bpf_link_detach(struct bpf_link *link);

#endif
