/* Reference counts that can be killed. count and dead are the cells that the css primitives work on
 * (CSS_REFS, CSS_DEAD of assembly/abi.ts). The switch from per-CPU to atomic mode is not modelled: DEAD
 * is seen by every CPU at once; whoever needs the confirmation callback queues it with call_rcu(). */
#ifndef _LINUX_PERCPU_REFCOUNT_H
#define _LINUX_PERCPU_REFCOUNT_H
#include <linux/types.h>

struct percpu_ref {
	int count;
	int dead;
};

struct cgroup_subsys_state;
bool css_put(struct cgroup_subsys_state *css);
void css_get(struct cgroup_subsys_state *css);
void css_kill(struct cgroup_subsys_state *css);
bool css_tryget_online(struct cgroup_subsys_state *css);
static inline bool percpu_ref_put(struct percpu_ref *ref) { return css_put((struct cgroup_subsys_state *)ref); }
static inline void percpu_ref_get(struct percpu_ref *ref) { css_get((struct cgroup_subsys_state *)ref); }
static inline void percpu_ref_kill(struct percpu_ref *ref) { css_kill((struct cgroup_subsys_state *)ref); }
static inline bool percpu_ref_tryget_live(struct percpu_ref *ref) { return css_tryget_online((struct cgroup_subsys_state *)ref); }
#define percpu_ref_is_zero(ref) (READ_ONCE((ref)->count) == 0)
#endif
