/* "mm: BPF OOM", version 3 of January 2026; see models/lib/bpf_oom_v3.c. */
#include <raceproof.h>
#include <linux/bpf.h>
#include <linux/cgroup.h>
#include <linux/list.h>

/* The link may be on its way out: bpf_struct_ops_map_link_dealloc() frees it when it has no cgroup. */
static void link_loses_cgroup(struct bpf_struct_ops_link *st_link, struct cgroup *cgrp)
{
	st_link->cgroup = NULL;						/* r3 */
	st_link->cgroup_removed = true;
	cgroup_put(cgrp);
	if (!refcount_inc_not_zero(&st_link->link.refcnt))		/* r4 */
		list_del(&st_link->list);
}

#include "../lib/bpf_oom_v3.c"
