/* The BPF part of a cgroup, from mkdir to the release, which detaches what is still attached.
 * cgroup.c includes this file where the model defines
 *
 *   CONFIG_CGROUP_BPF
 *   CGROUP_BPF_ROOT                  the initialiser of the root's struct cgroup_bpf
 *   cgroup_bpf_init(cgrp)            the rest of a new cgroup's
 *   cgroup_bpf_detach_all(cgrp)      detaches; called without cgroup_mutex
 *
 * The reference count holds off the release: the cgroup itself has the first reference until T6, each
 * descendant has one until its own release. A memcg that outlives its cgroup holds none. Left out: sockets,
 * which hold one too, and cgroup storages. */

static void cgroup_bpf_init(struct cgroup *cgrp);
static void cgroup_bpf_detach_all(struct cgroup *cgrp);

static struct workqueue_struct cgroup_bpf_destroy_workqueue = { .max_active = 1 };
#define cgroup_bpf_destroy_wq (&cgroup_bpf_destroy_workqueue)

static void cgroup_bpf_put(struct cgroup *cgrp)
{
	if (css_ref_put(&cgrp->bpf.refcnt))
		queue_work(cgroup_bpf_destroy_wq, &cgrp->bpf.release_work);
}

static void cgroup_bpf_release(struct work_struct *work)
{
	struct cgroup *cgrp = container_of(work, struct cgroup, bpf.release_work);
	struct cgroup *p;

	cgroup_bpf_detach_all(cgrp);
	for (p = cgroup_parent(cgrp); p; p = cgroup_parent(p))
		cgroup_bpf_put(p);
	cgroup_put(cgrp);
}

/* An RCU grace period after the kill, for every CPU to count in one place, the first reference goes. */
static void cgroup_bpf_killed(struct rcu_head *head)
{
	cgroup_bpf_put(container_of(head, struct cgroup, bpf.kill_rcu));
}

/* T6 */
static void cgroup_bpf_offline(struct cgroup *cgrp)
{
	cgroup_get(cgrp);
	css_ref_kill(&cgrp->bpf.refcnt);
	call_rcu(&cgrp->bpf.kill_rcu, cgroup_bpf_killed);
}

/* For the set-up only. */
static void cgroup_bpf_inherit(struct cgroup *cgrp)
{
	struct cgroup *p;

	cgrp->bpf.refcnt.count = 1;
	for (p = cgroup_parent(cgrp); p; p = cgroup_parent(p))
		css_ref_get(&p->bpf.refcnt);
	INIT_WORK(&cgrp->bpf.release_work, cgroup_bpf_release);
	cgroup_bpf_init(cgrp);
}
