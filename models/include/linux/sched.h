/* struct task_struct with what code under test reads of it. There is no `current`: which task runs is the
 * scheduler's business, and a model hands a task over as an argument. */
#ifndef _LINUX_SCHED_H
#define _LINUX_SCHED_H

#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>

#define TASK_COMM_LEN 16
#define TASK_RUNNING 0
#define TASK_INTERRUPTIBLE 1
#define TASK_UNINTERRUPTIBLE 2
#define TASK_NORMAL (TASK_INTERRUPTIBLE | TASK_UNINTERRUPTIBLE)
#define TASK_KILLABLE TASK_UNINTERRUPTIBLE
#define TASK_IDLE TASK_UNINTERRUPTIBLE
#define PF_EXITING 0x4

struct mm_struct;
struct signal_struct;

struct task_struct {
	unsigned int flags;
	unsigned int __state;
	pid_t pid;
	pid_t tgid;
	refcount_t usage;
	struct mm_struct *mm;
	struct signal_struct *signal;
	struct task_struct *group_leader;
	char comm[TASK_COMM_LEN];
};

struct wait_queue_head;

/* Primitive: sleeps if the task was queued by prepare_to_wait() and not woken since. The queue is for
 * messages. */
void wait_sleep(struct wait_queue_head *queue);

#define schedule() wait_sleep(NULL)

#define get_task_struct(task) ({ struct task_struct *__task = (task); refcount_inc(&__task->usage); __task; })

#endif
