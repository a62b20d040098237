/* Work items and workqueues. A queued item becomes a kworker task; when it runs is the scheduler's choice, so
 * delays are without meaning. Not modelled: waiting for a whole queue (flush, drain, destroy). */
#ifndef _LINUX_WORKQUEUE_H
#define _LINUX_WORKQUEUE_H

#include <linux/compiler.h>
#include <linux/container_of.h>
#include <linux/slab.h>
#include <linux/types.h>

struct work_struct;

typedef void (*work_func_t)(struct work_struct *work);

struct work_struct {
	work_func_t func;
	int pending;			/* queued and not yet started */
	int running;			/* being executed */
};

struct delayed_work {
	struct work_struct work;
};

struct workqueue_struct {
	int max_active;
	int active;
	int waiting;
};

/* What the kernel takes where a queue does not say. */
#define WQ_DFL_ACTIVE 1024
#define WQ_UNBOUND 0x2
#define WQ_FREEZABLE 0x4
#define WQ_MEM_RECLAIM 0x8
#define WQ_HIGHPRI 0x10
#define WQ_CPU_INTENSIVE 0x20
#define WQ_PERCPU 0x100

#define __WORK_INITIALIZER(name, function) { .func = (function) }
#define DECLARE_WORK(name, function) struct work_struct name = __WORK_INITIALIZER(name, function)
#define DECLARE_DELAYED_WORK(name, function) \
	struct delayed_work name = { .work = __WORK_INITIALIZER(name, function) }
/* A pending item that is initialised again stays pending. */
#define INIT_WORK(item, function) ((void)((item)->func = (function)))
#define INIT_WORK_ONSTACK(item, function) INIT_WORK(item, function)
#define INIT_DELAYED_WORK(item, function) INIT_WORK(&(item)->work, function)
#define destroy_work_on_stack(item) ((void)0)
#define to_delayed_work(item) container_of(item, struct delayed_work, work)

/* Primitives. */
bool queue_work(struct workqueue_struct *queue, struct work_struct *work);
bool cancel_work(struct work_struct *work);
bool flush_work(struct work_struct *work);

static struct workqueue_struct __rp_system_wq __maybe_unused = { .max_active = WQ_DFL_ACTIVE };

#define system_wq (&__rp_system_wq)
#define system_percpu_wq system_wq
#define system_dfl_wq system_wq
#define system_unbound_wq system_wq
#define system_highpri_wq system_wq
#define system_long_wq system_wq
#define system_freezable_wq system_wq
#define system_power_efficient_wq system_wq

#define schedule_work(work) queue_work(system_wq, work)
#define queue_work_on(cpu, queue, work) queue_work(queue, work)
#define queue_delayed_work(queue, item, delay) queue_work(queue, &(item)->work)
#define mod_delayed_work(queue, item, delay) queue_work(queue, &(item)->work)
#define schedule_delayed_work(item, delay) queue_work(system_wq, &(item)->work)
#define cancel_work_sync(work) ({					\
	struct work_struct *__cancelled = (work);			\
	bool __was_pending = cancel_work(__cancelled);			\
	flush_work(__cancelled);					\
	__was_pending;							\
})
#define cancel_delayed_work(item) cancel_work(&(item)->work)
#define cancel_delayed_work_sync(item) cancel_work_sync(&(item)->work)
#define flush_delayed_work(item) flush_work(&(item)->work)
#define work_pending(work) (READ_ONCE((work)->pending) != 0)
#define delayed_work_pending(item) work_pending(&(item)->work)

static inline struct workqueue_struct *__rp_alloc_workqueue(int max_active)
{
	struct workqueue_struct *queue = kzalloc(sizeof(*queue), GFP_KERNEL);

	queue->max_active = max_active ? max_active : WQ_DFL_ACTIVE;
	return queue;
}

/* The name and the flags do not matter. */
#define alloc_workqueue(format, flags, max_active, ...) __rp_alloc_workqueue(max_active)
#define alloc_ordered_workqueue(format, flags, ...) __rp_alloc_workqueue(1)
#define create_workqueue(name) __rp_alloc_workqueue(0)
#define create_singlethread_workqueue(name) __rp_alloc_workqueue(1)

#endif
