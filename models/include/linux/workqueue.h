/* Work items and workqueues. A queued item becomes a kworker task; when it runs is the scheduler's choice,
 * within what the kernel promises:
 *
 *	- an item that is pending is not queued again; it may be as soon as it has started;
 *	- one queue does not run an item beside itself, unless its function was changed; two queues may;
 *	- an ordered queue runs its items one after the other, in the order in which they were queued; an
 *	  unbound one at most max_active at a time. For a per-CPU queue max_active holds on each CPU alone,
 *	  and a task that is not pinned may queue from any CPU, so that it limits nothing here;
 *	  queue_work_on() does not pin;
 *	- the timer of a delayed item expires some time, one with delay 0 at once;
 *	- flush and cancel_*_sync wait for what they find when they begin: of an item the execution that was
 *	  queued last, of a queue all its items but those whose timer runs. They must not be called while
 *	  atomic, and from an item that they wait for they are a deadlock;
 *	- cancel_*_sync and disable_work keep the item from being queued meanwhile.
 *
 * Reported besides: a kworker that starts, or a timer that expires, on an item or a queue that was freed
 * (use-after-free), and work that is queued from outside on a queue that is being drained or destroyed
 * (warn; the item stays pending for good, as in the kernel). Not modelled: BH workqueues, rescuers. */
#ifndef _LINUX_WORKQUEUE_H
#define _LINUX_WORKQUEUE_H

#include <linux/compiler.h>
#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/container_of.h>
#include <linux/jiffies.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/types.h>
#include <linux/workqueue_types.h>

struct delayed_work {
	struct work_struct work;
};

struct rcu_work {
	struct work_struct work;
	struct rcu_head rcu;
	struct workqueue_struct *wq;
};

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
#define INIT_DELAYED_WORK_ONSTACK(item, function) INIT_WORK(&(item)->work, function)
#define INIT_DEFERRABLE_WORK(item, function) INIT_WORK(&(item)->work, function)
#define INIT_RCU_WORK(item, function) INIT_WORK(&(item)->work, function)
#define destroy_delayed_work_on_stack(item) ((void)0)
#define to_delayed_work(item) container_of(item, struct delayed_work, work)
#define to_rcu_work(item) container_of(item, struct rcu_work, work)

/* Primitives; those called work_*() and queue_*() are what the kernel's functions below are made of. */
bool cancel_work(struct work_struct *work);
bool work_delay(struct workqueue_struct *queue, struct work_struct *work);
bool work_redelay(struct workqueue_struct *queue, struct work_struct *work);
void work_queue_claimed(struct workqueue_struct *queue, struct work_struct *work);
bool work_flush(struct work_struct *work);
bool work_flush_delayed(struct work_struct *work);
bool work_disable(struct work_struct *work);
bool work_disable_sync(struct work_struct *work);
bool queue_flush(struct workqueue_struct *queue);

#define __RP_QUEUE(name) \
	static struct workqueue_struct name __maybe_unused = { .max_active = WQ_DFL_ACTIVE }

__RP_QUEUE(__rp_system_wq);
__RP_QUEUE(__rp_system_highpri_wq);
__RP_QUEUE(__rp_system_long_wq);
__RP_QUEUE(__rp_system_unbound_wq);
__RP_QUEUE(__rp_system_freezable_wq);
__RP_QUEUE(__rp_system_power_efficient_wq);

#define system_wq (&__rp_system_wq)
#define system_percpu_wq system_wq
#define system_highpri_wq (&__rp_system_highpri_wq)
#define system_long_wq (&__rp_system_long_wq)
#define system_unbound_wq (&__rp_system_unbound_wq)
#define system_dfl_wq system_unbound_wq
#define system_freezable_wq (&__rp_system_freezable_wq)
#define system_power_efficient_wq (&__rp_system_power_efficient_wq)

#define schedule_work(work) queue_work(system_wq, work)
#define schedule_work_on(cpu, work) queue_work(system_wq, work)
#define queue_work_on(cpu, queue, work) queue_work(queue, work)
static inline bool queue_delayed_work(struct workqueue_struct *queue, struct delayed_work *item,
				      unsigned long delay)
{
	return delay ? work_delay(queue, &item->work) : queue_work(queue, &item->work);
}

#define queue_delayed_work_on(cpu, queue, item, delay) queue_delayed_work(queue, item, delay)

/* With delay 0 too the timer is set: the kernel's queues at once, which is one of the schedules. */
static inline bool mod_delayed_work(struct workqueue_struct *queue, struct delayed_work *item,
				    unsigned long delay)
{
	return work_redelay(queue, &item->work);
}

#define mod_delayed_work_on(cpu, queue, item, delay) mod_delayed_work(queue, item, delay)
#define schedule_delayed_work(item, delay) queue_delayed_work(system_wq, item, delay)
#define schedule_delayed_work_on(cpu, item, delay) schedule_delayed_work(item, delay)

/* True where there was something to wait for. */
static inline bool flush_work(struct work_struct *work)
{
	bool waits = work_flush(work);

	flush_wait();
	return waits;
}

static inline bool flush_delayed_work(struct delayed_work *item)
{
	bool waits = work_flush_delayed(&item->work);

	flush_wait();
	return waits;
}

/* True where it was pending; the same of those below. */
#define disable_work(work) work_disable(work)

static inline bool disable_work_sync(struct work_struct *work)
{
	bool pending = work_disable_sync(work);

	flush_wait();
	return pending;
}

/* True where it can be queued again. */
static inline bool enable_work(struct work_struct *work)
{
	int left = atomic_dec_return(&work->disabled);

	WARN_ON(left < 0);
	return left == 0;
}

static inline bool cancel_work_sync(struct work_struct *work)
{
	bool pending = disable_work_sync(work);

	enable_work(work);
	return pending;
}

#define enable_and_queue_work(queue, work) (enable_work(work) && queue_work(queue, work))
#define cancel_delayed_work(item) cancel_work(&(item)->work)
#define cancel_delayed_work_sync(item) cancel_work_sync(&(item)->work)
#define disable_delayed_work(item) disable_work(&(item)->work)
#define disable_delayed_work_sync(item) disable_work_sync(&(item)->work)
#define enable_delayed_work(item) enable_work(&(item)->work)

/* Queued after an RCU grace period. */
static inline void __rp_rcu_work(struct rcu_head *head)
{
	struct rcu_work *item = container_of(head, struct rcu_work, rcu);

	work_queue_claimed(item->wq, &item->work);
}

static inline bool queue_rcu_work(struct workqueue_struct *queue, struct rcu_work *item)
{
	if (READ_ONCE(item->work.disabled.counter) || xchg(&item->work.pending, 1))
		return false;
	item->wq = queue;
	call_rcu(&item->rcu, __rp_rcu_work);
	return true;
}

static inline bool flush_rcu_work(struct rcu_work *item)
{
	bool pending = READ_ONCE(item->work.pending);

	if (pending)
		rcu_barrier();
	return flush_work(&item->work) || pending;
}

#define work_pending(work) (READ_ONCE((work)->pending) != 0)
#define delayed_work_pending(item) work_pending(&(item)->work)

static inline void flush_workqueue(struct workqueue_struct *queue)
{
	queue_flush(queue);
	flush_wait();
}

#define flush_scheduled_work() flush_workqueue(system_wq)

/* Until nothing is left: items that queue others are waited for with these. */
static inline void drain_workqueue(struct workqueue_struct *queue)
{
	bool waits;

	atomic_inc(&queue->drainers);
	do {
		waits = queue_flush(queue);
		flush_wait();
	} while (waits);
	atomic_dec(&queue->drainers);
}

/* The kernel frees the queue after an RCU grace period and warns when something is queued until then; here
 * it is freed at once, so that queueing is a use-after-free, as is the timer of an item that was not
 * cancelled. */
static inline void destroy_workqueue(struct workqueue_struct *queue)
{
	atomic_inc(&queue->drainers);
	drain_workqueue(queue);
	kfree(queue);
}

#define workqueue_set_max_active(queue, n) WRITE_ONCE((queue)->max_active, n)

static inline struct workqueue_struct *__rp_alloc_workqueue(int max_active)
{
	struct workqueue_struct *queue = kzalloc(sizeof(*queue), GFP_KERNEL);

	queue->max_active = max_active ? max_active : WQ_DFL_ACTIVE;
	return queue;
}

/* The name does not matter. An unbound queue that is one wide is ordered here, which the kernel does not
 * promise. */
#define alloc_workqueue(format, flags, max_active, ...) \
	__rp_alloc_workqueue(((flags) & WQ_UNBOUND) ? (max_active) : 0)
#define alloc_ordered_workqueue(format, flags, ...) __rp_alloc_workqueue(1)
#define create_workqueue(name) __rp_alloc_workqueue(0)
#define create_freezable_workqueue(name) __rp_alloc_workqueue(1)
#define create_singlethread_workqueue(name) __rp_alloc_workqueue(1)

#endif
