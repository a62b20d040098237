/* struct mem_cgroup as far as the life cycle and the BPF OOM patches touch it. */
#ifndef _LINUX_MEMCONTROL_H
#define _LINUX_MEMCONTROL_H

#include <linux/cgroup.h>
#include <linux/err.h>

struct bpf_link;
struct bpf_oom_ops;

struct mem_cgroup {
	struct cgroup_subsys_state css;	/* must be first */
	struct bpf_oom_ops *bpf_oom;	/* added by version 2 of the patches */
	struct bpf_link *bpf_oom_link;	/* added by fix candidates of it: the link of bpf_oom */
};

extern struct mem_cgroup root_memcg;

#define root_mem_cgroup (&root_memcg)

static inline struct mem_cgroup *mem_cgroup_from_css(struct cgroup_subsys_state *css)
{
	return css ? container_of(css, struct mem_cgroup, css) : NULL;
}

static inline struct mem_cgroup *parent_mem_cgroup(struct mem_cgroup *memcg)
{
	return mem_cgroup_from_css(memcg->css.parent);
}

/* The memcg of a cgroup, for set-ups and end checks: takes no reference. */
static inline struct mem_cgroup *mem_cgroup_of(struct cgroup *cgrp)
{
	return mem_cgroup_from_css(cgrp->subsys[memory_cgrp_id]);
}

static inline void mem_cgroup_get(struct mem_cgroup *memcg)
{
	css_get(&memcg->css);
}

static inline void mem_cgroup_put(struct mem_cgroup *memcg)
{
	css_put(&memcg->css);
}

/* A reference on the effective memcg of the cgroup with this id, or an error pointer. */
struct mem_cgroup *mem_cgroup_get_from_ino(u64 ino);
/* Where a scenario's task assigns it, its look-ups end no earlier than this is complete. A task can be
 * preempted there for as long as one likes; a scenario that says so finds in few schedules what needs
 * it. */
static __thread struct completion *stop_after_lookup __maybe_unused;
/* Called once for a memcg, under cgroup_mutex, before its css goes offline. */
void mem_cgroup_css_offline(struct cgroup_subsys_state *css);

#endif
