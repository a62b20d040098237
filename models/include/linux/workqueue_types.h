/* What a work item and a workqueue are, for headers that have some of their own; linux/workqueue.h is what to
 * include. */
#ifndef _LINUX_WORKQUEUE_TYPES_H
#define _LINUX_WORKQUEUE_TYPES_H

#include <linux/atomic.h>
#include <linux/types.h>

struct work_struct;

typedef void (*work_func_t)(struct work_struct *work);

struct work_struct {
	work_func_t func;
	int pending;			/* its timer runs, or it is queued and not yet started */
	int running;			/* executions under way */
	atomic_t disabled;		/* not 0: it cannot be queued */
};

struct workqueue_struct {
	int max_active;
	int active;
	int waiting;
	atomic_t drainers;		/* not 0: only its own items may queue */
};

/* What the kernel takes where a queue does not say. */
#define WQ_DFL_ACTIVE 1024

/* A primitive. */
bool queue_work(struct workqueue_struct *queue, struct work_struct *work);

#endif
