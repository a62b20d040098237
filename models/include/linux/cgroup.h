/* The cgroup tree as its users see it. css_tryget() and the others below it are primitives; the
 * functions are models/lib/cgroup.c. */
#ifndef _LINUX_CGROUP_H
#define _LINUX_CGROUP_H

#include <linux/cgroup-defs.h>
#include <linux/kernel.h>
#include <linux/mutex.h>

/* Primitives. css_put() says whether it was the last reference; the macro below acts on it. */
bool css_tryget(struct cgroup_subsys_state *css);
bool css_tryget_online(struct cgroup_subsys_state *css);
void css_get(struct cgroup_subsys_state *css);
bool css_put(struct cgroup_subsys_state *css);
void css_kill(struct cgroup_subsys_state *css);

/* The same for what a cgroup counts beside its css; css_ref_put() says whether it was the last reference. */
#define __css_of_ref(ref) ((struct cgroup_subsys_state *)(ref))
#define css_ref_get(ref) css_get(__css_of_ref(ref))
#define css_ref_tryget_live(ref) css_tryget_online(__css_of_ref(ref))
#define css_ref_kill(ref) css_kill(__css_of_ref(ref))

static inline bool css_ref_put(struct percpu_ref *ref)
{
	return css_put(__css_of_ref(ref));
}

extern struct mutex cgroup_mutex;
extern struct cgroup cgrp_dfl_root;
extern struct cgroup_subsys memory_cgrp_subsys;

#define root_cgroup (&cgrp_dfl_root)

/* What a task hands over as a cgroup's descriptor, and it is something else's. */
#define NOT_A_CGROUP (-1)

/* The root of the calling task's cgroup namespace; NULL, as for kworkers, is the initial one, in which
 * everything is seen. A scenario's task that lives in a container assigns it first. */
static __thread struct cgroup *current_cgroup_ns __maybe_unused;

void css_release(struct cgroup_subsys_state *css);

#define css_put(css) do { if (css_put(css)) css_release(css); } while (0)

/* The only controller is memory. */
static inline struct cgroup_subsys_state *cgroup_css(struct cgroup *cgrp)
{
	return rcu_dereference(cgrp->subsys[memory_cgrp_id]);
}

static inline struct cgroup *cgroup_parent(struct cgroup *cgrp)
{
	struct cgroup_subsys_state *parent = cgrp->self.parent;

	return parent ? container_of(parent, struct cgroup, self) : NULL;
}

static inline bool cgroup_is_descendant(struct cgroup *cgrp, struct cgroup *ancestor)
{
	while (cgrp && cgrp != ancestor)
		cgrp = cgroup_parent(cgrp);
	return cgrp != NULL;
}

static inline u64 cgroup_id(struct cgroup *cgrp)
{
	return cgrp->id;
}

static inline bool cgroup_is_dead(struct cgroup *cgrp)
{
	return !(READ_ONCE(cgrp->self.flags) & CSS_ONLINE);
}

static inline bool cgroup_tryget(struct cgroup *cgrp)
{
	return css_tryget(&cgrp->self);
}

static inline void cgroup_get(struct cgroup *cgrp)
{
	css_get(&cgrp->self);
}

static inline void cgroup_put(struct cgroup *cgrp)
{
	css_put(&cgrp->self);
}

static inline void cgroup_lock(void)
{
	mutex_lock(&cgroup_mutex);
}

static inline void cgroup_unlock(void)
{
	mutex_unlock(&cgroup_mutex);
}

/* For the set-up: a cgroup below @parent, its memory controller enabled and online. */
struct cgroup *cgroup_mkdir(struct cgroup *parent);
int cgroup_rmdir(struct cgroup *cgrp);
/* "-memory" and "+memory", written to cgroup.subtree_control of @parent. */
int cgroup_disable_memory(struct cgroup *parent);
int cgroup_enable_memory(struct cgroup *parent);
/* A reference, or an error pointer: the second sees what lies in the caller's cgroup namespace only. */
struct cgroup *__cgroup_get_from_id(u64 id);
struct cgroup *cgroup_get_from_id(u64 id);
/* A descriptor of a cgroup's directory is the cgroup's id here. */
struct cgroup *cgroup_get_from_fd(int fd);
struct cgroup_subsys_state *cgroup_get_e_css(struct cgroup *cgrp, struct cgroup_subsys *ss);

#endif
