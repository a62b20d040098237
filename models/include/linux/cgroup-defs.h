/* struct cgroup and cgroup_subsys_state, with the fields that the life cycle needs. Memory is the only
 * controller. Not modelled: css_sets and tasks. */
#ifndef _LINUX_CGROUP_DEFS_H
#define _LINUX_CGROUP_DEFS_H

#include <linux/types.h>
#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/percpu-refcount.h>
#include <linux/rcupdate.h>
#include <linux/workqueue.h>

struct bpf_oom_ops;
struct cgroup;

enum cgroup_subsys_id {
	memory_cgrp_id,
	CGROUP_SUBSYS_COUNT,
};

struct cgroup_subsys {
	int id;
};

/* css->flags */
enum {
	CSS_ONLINE = 1,
	CSS_RELEASED = 2,
};

struct cgroup_subsys_state {
	struct percpu_ref refcnt;		/* must be first: the css primitives count here */
	struct cgroup *cgroup;
	struct cgroup_subsys *ss;		/* NULL: this is cgroup->self */
	struct cgroup_subsys_state *parent;
	unsigned int flags;
	atomic_t online_cnt;			/* itself and its children that are not yet offline */
	struct rcu_head rcu_head;
	/* The kernel initialises one work item anew for each stage; here each stage has its own. */
	struct work_struct killed_work;
	struct work_struct release_work;
	struct work_struct free_work;
};

/* The directory of a cgroup; nodes are never freed, their number is the cgroup's id. */
struct kernfs_node {
	bool active;
	struct cgroup *priv;
};

struct bpf_prog_array;
struct bpf_struct_ops_link;

/* What hangs on a cgroup for BPF; see models/lib/cgroup_bpf.c. */
struct cgroup_bpf {
	struct percpu_ref refcnt;
	struct rcu_head kill_rcu;		/* the kernel's is part of refcnt */
	struct work_struct release_work;
	/* Added by version 3 of the BPF OOM patches: */
	struct list_head struct_ops_links;
	struct bpf_struct_ops_link *bpf_oom_link;
	/* Of version 4; the kernel has one of each for every type of program: */
	struct hlist_head progs;
	struct bpf_prog_array *effective, *inactive;
};

struct cgroup {
	struct cgroup_subsys_state self;	/* must be first */
	u64 id;
	struct kernfs_node *kn;
	struct cgroup_subsys_state *subsys[CGROUP_SUBSYS_COUNT];
	struct cgroup *first_child;
	struct cgroup *next_sibling;
	struct cgroup_subsys_state *dying;	/* by a controller that was switched off; not yet offline */
	struct completion offlined;		/* there is none any more */
	struct cgroup_bpf bpf;
	struct bpf_oom_ops *bpf_oom;		/* added by a fix candidate of BPF OOM, version 2 */
};

#endif
