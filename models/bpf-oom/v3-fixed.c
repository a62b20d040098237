/* "mm: BPF OOM", version 3 with the repair that followed it: removing a cgroup takes its reference on a link
 * before it touches the link. See models/lib/bpf_oom_v3.c. */
#include <raceproof.h>
#include <linux/bpf.h>
#include <linux/cgroup.h>
#include <linux/list.h>

/* A link on its way out keeps its cgroup: bpf_struct_ops_map_link_dealloc() waits for cgroup_mutex. */
static void link_loses_cgroup(struct bpf_struct_ops_link *st_link, struct cgroup *cgrp)
{
	if (!refcount_inc_not_zero(&st_link->link.refcnt)) {		/* r4 */
		list_del_init(&st_link->list);
		return;
	}
	st_link->cgroup = NULL;						/* r3 */
	st_link->cgroup_removed = true;
	cgroup_put(cgrp);
}

#include "../lib/bpf_oom_v3.c"
