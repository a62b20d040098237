/* Simple wait queues: every waiter is exclusive, so that swake_up_one() wakes the one that came first. */
#ifndef _LINUX_SWAIT_H
#define _LINUX_SWAIT_H

#include <linux/wait.h>

#define swait_queue_head wait_queue_head
#define swait_queue wait_queue_entry

#define __SWAIT_QUEUE_HEAD_INITIALIZER(name) __WAIT_QUEUE_HEAD_INITIALIZER(name)
#define DECLARE_SWAIT_QUEUE_HEAD(name) DECLARE_WAIT_QUEUE_HEAD(name)
#define DECLARE_SWAITQUEUE(name) DEFINE_WAIT(name)
#define init_swait_queue_head(queue) init_waitqueue_head(queue)
#define swait_active(queue) waitqueue_active(queue)
#define swq_has_sleeper(queue) swait_active(queue)
#define swake_up_one(queue) wake_up(queue)
#define swake_up_all(queue) wake_up_all(queue)
#define swake_up_locked(queue) swake_up_one(queue)
#define prepare_to_swait_exclusive(queue, entry, state) prepare_to_wait_exclusive(queue, entry, state)
#define finish_swait(queue, entry) finish_wait(queue, entry)
#define swait_event_exclusive(queue, condition) wait_event_exclusive(queue, condition)
#define swait_event_idle_exclusive(queue, condition) wait_event_exclusive(queue, condition)
#define swait_event_interruptible_exclusive(queue, condition) \
	wait_event_interruptible_exclusive(queue, condition)

#endif
