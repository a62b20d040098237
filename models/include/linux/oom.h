/* The OOM killer's interface, as far as the BPF OOM patches compose with it. */
#ifndef _LINUX_OOM_H
#define _LINUX_OOM_H

#include <linux/memcontrol.h>
#include <linux/mutex.h>

struct oom_control {
	struct mem_cgroup *memcg;		/* NULL: the whole system is out of memory */
	bool bpf_memory_freed;			/* added by the patches: a program has helped */
	const char *bpf_policy_name;		/* added by the patches: for the kernel log */
};

extern struct mutex oom_lock;

static inline bool is_memcg_oom(struct oom_control *oc)
{
	return oc->memcg != NULL;
}

/* oom_lock must be held. */
bool out_of_memory(struct oom_control *oc);
/* A charge to @memcg ran into its limit. The caller holds a reference on it. */
bool mem_cgroup_out_of_memory(struct mem_cgroup *memcg);

#endif
