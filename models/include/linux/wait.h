/* Wait queues. A waiter is queued first, tests its condition then, and sleeps last; wake_up() takes whom
 * it wakes off the queue, and who was woken tests again. So a wake-up that comes before the test is seen
 * by the test, and one that comes after it ends the sleep. No signals are modelled: interruptible waits
 * return 0. A wait with a timeout may time out at any time. */
#ifndef _LINUX_WAIT_H
#define _LINUX_WAIT_H

#include <linux/compiler.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/types.h>

/* order: the tasks that are queued, first to last. waiters: how many, and which of them wait exclusively. */
struct wait_queue_head {
	unsigned int order_lo;
	unsigned int order_hi;
	unsigned int waiters;
};

typedef struct wait_queue_head wait_queue_head_t;

/* A task stands on a queue by itself; the entry is for the text. */
struct wait_queue_entry {
	int unused;
};

typedef struct wait_queue_entry wait_queue_entry_t;

#define __WAIT_QUEUE_HEAD_INITIALIZER(name) { .waiters = 0 }
#define DECLARE_WAIT_QUEUE_HEAD(name) struct wait_queue_head name = __WAIT_QUEUE_HEAD_INITIALIZER(name)
#define DECLARE_WAIT_QUEUE_HEAD_ONSTACK(name) DECLARE_WAIT_QUEUE_HEAD(name)
#define DEFINE_WAIT(name) struct wait_queue_entry name __maybe_unused = { 0 }
#define init_wait(entry) ((void)0)

/* Primitives. In mode: a state (TASK_*), and WAIT_EXCLUSIVE. In which: the states, and from WAIT_MOST(1)
 * on how many exclusive waiters, all where there is no such number. */
#define WAIT_EXCLUSIVE 4
#define WAIT_MOST(n) ((n) << 2)
void wait_prepare(struct wait_queue_head *queue, int mode);
void wait_finish(struct wait_queue_head *queue);
void wait_wake(struct wait_queue_head *queue, int which);

static inline void init_waitqueue_head(struct wait_queue_head *queue)
{
	queue->order_lo = 0;
	queue->order_hi = 0;
	queue->waiters = 0;
}

#define waitqueue_active(queue) (READ_ONCE((queue)->waiters) != 0)
#define wq_has_sleeper(queue) waitqueue_active(queue)
#define prepare_to_wait(queue, entry, state) wait_prepare(queue, state)
#define prepare_to_wait_exclusive(queue, entry, state) wait_prepare(queue, (state) | WAIT_EXCLUSIVE)
#define finish_wait(queue, entry) wait_finish(queue)

#define wake_up(queue) wait_wake(queue, TASK_NORMAL | WAIT_MOST(1))
#define wake_up_nr(queue, n) wait_wake(queue, TASK_NORMAL | WAIT_MOST(n))
#define wake_up_all(queue) wait_wake(queue, TASK_NORMAL)
#define wake_up_locked(queue) wake_up(queue)
#define wake_up_sync(queue) wake_up(queue)
#define wake_up_poll(queue, mask) wake_up(queue)
#define wake_up_interruptible(queue) wait_wake(queue, TASK_INTERRUPTIBLE | WAIT_MOST(1))
#define wake_up_interruptible_nr(queue, n) wait_wake(queue, TASK_INTERRUPTIBLE | WAIT_MOST(n))
#define wake_up_interruptible_all(queue) wait_wake(queue, TASK_INTERRUPTIBLE)
#define wake_up_interruptible_sync(queue) wake_up_interruptible(queue)
#define wake_up_interruptible_poll(queue, mask) wake_up_interruptible(queue)

/* The loop of every wait; before and after stand around the sleep. */
#define ___wait_event(queue, condition, mode, before, after) do {		\
	if (condition)								\
		break;								\
	for (;;) {								\
		wait_prepare(queue, mode);					\
		if (condition)							\
			break;							\
		before;								\
		wait_sleep(queue);						\
		after;								\
	}									\
	wait_finish(queue);							\
} while (0)

#define __wait_event_plain(queue, condition, mode) do {			\
	might_sleep();								\
	___wait_event(queue, condition, mode, (void)0, (void)0);		\
} while (0)

#define wait_event(queue, condition) __wait_event_plain(&(queue), condition, TASK_UNINTERRUPTIBLE)
#define wait_event_idle(queue, condition) __wait_event_plain(&(queue), condition, TASK_IDLE)
#define io_wait_event(queue, condition) wait_event(queue, condition)
#define wait_event_freezable(queue, condition) wait_event_interruptible(queue, condition)
#define wait_event_interruptible(queue, condition) \
	({ __wait_event_plain(&(queue), condition, TASK_INTERRUPTIBLE); 0; })
#define wait_event_killable(queue, condition) \
	({ __wait_event_plain(&(queue), condition, TASK_KILLABLE); 0; })
#define wait_event_exclusive(queue, condition) \
	__wait_event_plain(&(queue), condition, TASK_UNINTERRUPTIBLE | WAIT_EXCLUSIVE)
#define wait_event_interruptible_exclusive(queue, condition) \
	({ __wait_event_plain(&(queue), condition, TASK_INTERRUPTIBLE | WAIT_EXCLUSIVE); 0; })
#define wait_event_cmd(queue, condition, before, after) \
	___wait_event(&(queue), condition, TASK_UNINTERRUPTIBLE, before, after)
#define wait_event_lock_irq(queue, condition, lock) \
	wait_event_cmd(queue, condition, spin_unlock_irq(&(lock)), spin_lock_irq(&(lock)))

/* 0 if the condition was still false when the time was up, which is whenever its last test happens. */
#define wait_event_timeout(queue, condition, timeout) ({			\
	long __left = 1;							\
	might_sleep();								\
	if (!(condition)) {							\
		wait_prepare(&(queue), TASK_UNINTERRUPTIBLE);			\
		if (!(condition) && !(condition))				\
			__left = 0;						\
		wait_finish(&(queue));						\
	}									\
	__left;									\
})
#define wait_event_interruptible_timeout(queue, condition, timeout) \
	wait_event_timeout(queue, condition, timeout)

#endif
