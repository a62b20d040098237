/* The cgroup tree and the life of a css, from mkdir to the last free; T0..T11 and l1..l5 are the steps of
 * docs/MODELS.md. One step an access, and every access that another task can see is there.
 *
 * Controllers are switched on and off in cgroup_subtree.c. Left out: tasks and css_sets (a cgroup is never
 * populated), and two pairs of steps that cancel out, see kill_css() and cgroup_rmdir(). */
#include <linux/memcontrol.h>
#include <linux/slab.h>

/* Cgroups that one scenario can make, the root and the unused number 0 included. */
#define KERNFS_NODES 8

DEFINE_MUTEX(cgroup_mutex);

struct cgroup_subsys memory_cgrp_subsys = { .id = memory_cgrp_id };

/* max_active is 1: however many cgroups die, they go offline and are released one after the other. */
static struct workqueue_struct cgroup_destroy_workqueue = { .max_active = 1 };
#define cgroup_destroy_wq (&cgroup_destroy_workqueue)

static struct kernfs_node kernfs_nodes[KERNFS_NODES] = {
	[1] = { .active = true, .priv = &cgrp_dfl_root },
};
static int kernfs_nodes_used = 2;

#ifdef CONFIG_CGROUP_BPF
#include "cgroup_bpf.c"
#else
#define CGROUP_BPF_ROOT { .refcnt = { .count = 1 } }
static void cgroup_bpf_inherit(struct cgroup *cgrp)
{
}
static void cgroup_bpf_offline(struct cgroup *cgrp)
{
}
#endif

struct cgroup cgrp_dfl_root = {
	.self = { .refcnt = { .count = 1 }, .cgroup = &cgrp_dfl_root, .flags = CSS_ONLINE },
	.id = 1,
	.kn = &kernfs_nodes[1],
	.subsys = { &root_memcg.css },
	.bpf = CGROUP_BPF_ROOT,
};

struct mem_cgroup root_memcg = {
	.css = {
		.refcnt = { .count = 1 },
		.cgroup = &cgrp_dfl_root,
		.ss = &memory_cgrp_subsys,
		.flags = CSS_ONLINE,
		.online_cnt = ATOMIC_INIT(1),
	},
};

/* ------------------------------------------------------------------ the end of a css: T10, T11 */

static void free_memcg(struct cgroup_subsys_state *css)
{
	struct cgroup_subsys_state *parent = css->parent;
	struct cgroup *cgrp = css->cgroup;

	kfree(mem_cgroup_from_css(css));
	if (parent)
		css_put(parent);
	cgroup_put(cgrp);
}

static void free_cgroup(struct cgroup *cgrp)
{
	struct cgroup *parent = cgroup_parent(cgrp);

	if (parent)
		cgroup_put(parent);
	kfree(cgrp);
}

/* T11 */
static void css_free_rwork_fn(struct work_struct *work)
{
	struct cgroup_subsys_state *css = container_of(work, struct cgroup_subsys_state, free_work);

	if (css->ss)
		free_memcg(css);
	else
		free_cgroup(container_of(css, struct cgroup, self));
}

static void css_free_rcu_fn(struct rcu_head *head)
{
	struct cgroup_subsys_state *css = container_of(head, struct cgroup_subsys_state, rcu_head);

	queue_work(cgroup_destroy_wq, &css->free_work);
}

/* The directory is gone: its parent forgets it, a lookup that still has the node finds no cgroup. */
static void unlink_cgroup(struct cgroup *cgrp)
{
	struct cgroup *parent = cgroup_parent(cgrp);
	struct cgroup **link = &parent->first_child;

	while (*link != cgrp)
		link = &(*link)->next_sibling;
	*link = cgrp->next_sibling;
	rcu_assign_pointer(cgrp->kn->priv, NULL);
}

/* T10 */
static void css_release_work_fn(struct work_struct *work)
{
	struct cgroup_subsys_state *css = container_of(work, struct cgroup_subsys_state, release_work);

	cgroup_lock();
	WRITE_ONCE(css->flags, CSS_RELEASED);
	if (!css->ss)
		unlink_cgroup(container_of(css, struct cgroup, self));
	cgroup_unlock();
	call_rcu(&css->rcu_head, css_free_rcu_fn);
}

/* The last reference went: see css_put(). */
void css_release(struct cgroup_subsys_state *css)
{
	queue_work(cgroup_destroy_wq, &css->release_work);
}

/* ------------------------------------------------------------------ offline: T8, T9 */

static void offline_css(struct cgroup_subsys_state *css)
{
	unsigned int flags = READ_ONCE(css->flags);

	if (!(flags & CSS_ONLINE))
		return;
	mem_cgroup_css_offline(css);
	WRITE_ONCE(css->flags, flags & ~CSS_ONLINE);
	rcu_assign_pointer(css->cgroup->subsys[memory_cgrp_id], NULL);
}

/* T9: this css, then each ancestor that was killed and only waited for it. */
static void css_killed(struct cgroup_subsys_state *css)
{
	do {
		offline_css(css);
		css_put(css);
		/* css is not freed before T10, which needs cgroup_mutex */
		css = css->parent;
	} while (css && atomic_dec_and_test(&css->online_cnt));
}

static void css_killed_work_fn(struct work_struct *work)
{
	struct cgroup_subsys_state *css = container_of(work, struct cgroup_subsys_state, killed_work);

	cgroup_lock();
	css_killed(css);
	cgroup_unlock();
}

/* T8: an RCU callback, so every CPU has seen that the css is dead. */
static void css_killed_ref_fn(struct rcu_head *head)
{
	struct cgroup_subsys_state *css = container_of(head, struct cgroup_subsys_state, rcu_head);

	if (atomic_dec_and_test(&css->online_cnt))
		queue_work(cgroup_destroy_wq, &css->killed_work);
}

/* ------------------------------------------------------------------ rmdir: T0..T7 */

/* T4. The kernel takes a reference for T9 and drops the base reference; here the base reference goes on to
 * be the one that T9 drops. */
static void kill_css(struct cgroup_subsys_state *css)
{
	css_kill(css);
	call_rcu(&css->rcu_head, css_killed_ref_fn);
}

static bool has_online_children(struct cgroup *cgrp)
{
	struct cgroup *child;

	for (child = cgrp->first_child; child; child = child->next_sibling)
		if (!cgroup_is_dead(child))
			return true;
	return false;
}

/* The kernel holds a reference on the cgroup meanwhile; that of its memcg, dropped in T11 only, does here.
 * T7 kills cgrp->self: nobody asks whether that is dead; what is left is the base reference that it drops. */
int cgroup_rmdir(struct cgroup *cgrp)
{
	struct cgroup_subsys_state *css;
	unsigned int flags;

	cgroup_lock();						/* T0 */
	flags = READ_ONCE(cgrp->self.flags);
	if (!(flags & CSS_ONLINE)) {
		cgroup_unlock();
		return -ENODEV;
	}
	if (has_online_children(cgrp)) {			/* T1 */
		cgroup_unlock();
		return -EBUSY;
	}
	WRITE_ONCE(cgrp->self.flags, flags & ~CSS_ONLINE);	/* T2 */
	css = cgroup_css(cgrp);
	if (css)
		kill_css(css);					/* T4 */
	WRITE_ONCE(cgrp->kn->active, false);			/* T5 */
	cgroup_bpf_offline(cgrp);				/* T6 */
	cgroup_put(cgrp);					/* T7 */
	cgroup_unlock();
	return 0;
}

/* ------------------------------------------------------------------ lookup: l1..l5 */

/* l2 */
static struct cgroup *cgroup_get_from_node(struct kernfs_node *kn)
{
	struct cgroup *cgrp;

	rcu_read_lock();
	cgrp = rcu_dereference(kn->priv);
	if (cgrp && !cgroup_tryget(cgrp))
		cgrp = NULL;
	rcu_read_unlock();
	return cgrp ? cgrp : ERR_PTR(-ENOENT);
}

/* Whoever asks, whatever it sees of the tree. */
struct cgroup *__cgroup_get_from_id(u64 id)
{
	struct kernfs_node *kn;

	if (id >= KERNFS_NODES)
		return ERR_PTR(-ENOENT);
	kn = &kernfs_nodes[id];
	if (!READ_ONCE(kn->active))			/* l1 */
		return ERR_PTR(-ENOENT);
	return cgroup_get_from_node(kn);
}

/* l3: what lies outside of the caller's cgroup namespace is not there for it. */
struct cgroup *cgroup_get_from_id(u64 id)
{
	struct cgroup *cgrp = __cgroup_get_from_id(id);

	if (!current_cgroup_ns || IS_ERR(cgrp) || cgroup_is_descendant(cgrp, current_cgroup_ns))
		return cgrp;
	cgroup_put(cgrp);
	return ERR_PTR(-ENOENT);
}

/* The directory was opened while it was there: what can have happened since is that the cgroup died. The
 * kernel asks whether cgrp->self was killed (T7); this asks for T2, which cgroup_mutex ties to T7. */
struct cgroup *cgroup_get_from_fd(int fd)
{
	struct cgroup *cgrp;

	if (fd == NOT_A_CGROUP)
		return ERR_PTR(-EBADF);
	cgrp = cgroup_get_from_node(&kernfs_nodes[fd]);
	if (IS_ERR(cgrp) || (READ_ONCE(cgrp->self.flags) & CSS_ONLINE))
		return cgrp;
	cgroup_put(cgrp);
	return ERR_PTR(-ENOENT);
}

/* l4: the css of the nearest ancestor, the cgroup itself first, that is alive; the root's always is. */
struct cgroup_subsys_state *cgroup_get_e_css(struct cgroup *cgrp, struct cgroup_subsys *ss)
{
	struct cgroup_subsys_state *css = NULL;

	rcu_read_lock();
	while (cgrp) {
		css = cgroup_css(cgrp);
		if (css && css_tryget_online(css))
			break;
		cgrp = cgroup_parent(cgrp);
	}
	rcu_read_unlock();
	return css;
}

struct mem_cgroup *mem_cgroup_get_from_ino(u64 ino)
{
	struct cgroup *cgrp = cgroup_get_from_id(ino);
	struct cgroup_subsys_state *css;

	if (IS_ERR(cgrp))
		return ERR_CAST(cgrp);
	css = cgroup_get_e_css(cgrp, &memory_cgrp_subsys);
	cgroup_put(cgrp);				/* l5 */
	if (stop_after_lookup)
		wait_for_completion(stop_after_lookup);
	return mem_cgroup_from_css(css);
}

/* ------------------------------------------------------------------ mkdir */

static void init_css(struct cgroup_subsys_state *css, struct cgroup *cgrp, struct cgroup_subsys_state *parent)
{
	css->refcnt.count = 1;
	css->cgroup = cgrp;
	css->parent = parent;
	css->flags = CSS_ONLINE;
	css_get(parent);
	INIT_WORK(&css->killed_work, css_killed_work_fn);
	INIT_WORK(&css->release_work, css_release_work_fn);
	INIT_WORK(&css->free_work, css_free_rwork_fn);
}

static void online_memcg(struct mem_cgroup *memcg, struct cgroup *cgrp, struct cgroup_subsys_state *parent)
{
	init_css(&memcg->css, cgrp, parent);
	memcg->css.ss = &memory_cgrp_subsys;
	atomic_set(&memcg->css.online_cnt, 1);
	atomic_inc(&memcg->css.parent->online_cnt);
	cgroup_get(cgrp);
	cgrp->subsys[memory_cgrp_id] = &memcg->css;
}

/* For the set-up only. */
struct cgroup *cgroup_mkdir(struct cgroup *parent)
{
	struct cgroup *cgrp = kzalloc(sizeof(*cgrp), GFP_KERNEL);
	struct mem_cgroup *memcg = kzalloc(sizeof(*memcg), GFP_KERNEL);
	int id = kernfs_nodes_used++;

	BUG_ON(id >= KERNFS_NODES);
	init_css(&cgrp->self, cgrp, &parent->self);
	cgrp->id = id;
	cgrp->kn = &kernfs_nodes[id];
	cgrp->kn->active = true;
	cgrp->kn->priv = cgrp;
	cgrp->next_sibling = parent->first_child;
	parent->first_child = cgrp;

	online_memcg(memcg, cgrp, parent->subsys[memory_cgrp_id]);
	cgroup_bpf_inherit(cgrp);
	return cgrp;
}

#include "cgroup_subtree.c"
