/* Reference counts that can be killed. count and dead are the cells that the css primitives work on
 * (CSS_REFS, CSS_DEAD of assembly/abi.ts). The switch from per-CPU to atomic mode is not modelled: DEAD
 * is seen by every CPU at once; whoever needs the confirmation callback queues it with call_rcu(). */
#ifndef _LINUX_PERCPU_REFCOUNT_H
#define _LINUX_PERCPU_REFCOUNT_H

struct percpu_ref {
	int count;
	int dead;
};

#endif
