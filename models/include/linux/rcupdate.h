/* RCU and RCU tasks as grace-period domains. rcu_dereference(), rcu_assign_pointer() and
 * rcu_replace_pointer() are raceproof's own. */
#ifndef _LINUX_RCUPDATE_H
#define _LINUX_RCUPDATE_H

#include <linux/cleanup.h>
#include <linux/compiler.h>
#include <linux/container_of.h>
#include <linux/lockdep.h>
#include <linux/slab.h>
#include <linux/types.h>
#include <raceproof/domain.h>

static struct gp_domain rcu_domain __maybe_unused = { .flags = DOMAIN_ATOMIC | DOMAIN_SOFTIRQ };
/* RCU tasks waits until every task has slept of its own accord, or left the kernel. Where that matters a
 * model marks the stretches in which a task does neither; a sleep ends one and begins the next. */
static struct gp_domain rcu_tasks_domain __maybe_unused = { .flags = DOMAIN_SOFTIRQ };

#define rcu_read_lock() ((void)gp_read_lock(&rcu_domain))
#define rcu_read_unlock() gp_read_unlock_last(&rcu_domain)
#define rcu_read_lock_bh() rcu_read_lock()
#define rcu_read_unlock_bh() rcu_read_unlock()
#define rcu_read_lock_sched() rcu_read_lock()
#define rcu_read_unlock_sched() rcu_read_unlock()
#define preempt_disable() rcu_read_lock()
#define preempt_enable() rcu_read_unlock()

#define synchronize_rcu() (gp_start(&rcu_domain), gp_wait())
#define synchronize_rcu_expedited() synchronize_rcu()
#define synchronize_net() synchronize_rcu()
#define rcu_tasks_stretch_begin() ((void)gp_read_lock(&rcu_tasks_domain))
#define rcu_tasks_stretch_end() gp_read_unlock_last(&rcu_tasks_domain)
#define rcu_tasks_stretch_sleeps() (rcu_tasks_stretch_end(), rcu_tasks_stretch_begin())
#define synchronize_rcu_tasks() (gp_start(&rcu_tasks_domain), gp_wait())

#define call_rcu(head, function) gp_call(&rcu_domain, head, function)
#define call_rcu_hurry(head, function) call_rcu(head, function)
#define call_rcu_tasks(head, function) gp_call(&rcu_tasks_domain, head, function)

#ifndef __RACEPROOF__
#define rcu_dereference(p) READ_ONCE(p)
#define rcu_dereference_check(p, condition) READ_ONCE(p)
#define rcu_dereference_protected(p, condition) (p)
#define rcu_dereference_raw(p) READ_ONCE(p)
#define rcu_dereference_bh(p) READ_ONCE(p)
#define rcu_dereference_sched(p) READ_ONCE(p)
#define rcu_assign_pointer(p, value) WRITE_ONCE(p, value)
#define rcu_replace_pointer(p, value, condition) \
	({ typeof(p) __replaced = (p); WRITE_ONCE(p, value); __replaced; })
#endif

#define rcu_access_pointer(p) READ_ONCE(p)
#define rcu_pointer_handoff(p) (p)
#define unrcu_pointer(p) (p)
#define RCU_INIT_POINTER(p, value) WRITE_ONCE(p, value)
#define RCU_INITIALIZER(value) (value)
#define rcu_head_init(head) ((void)0)
#define init_rcu_head(head) ((void)0)
#define RCU_LOCKDEP_WARN(condition, message) ((void)0)
#define rcu_read_lock_held() 1
#define rcu_read_lock_any_held() 1

static inline void __rp_kfree_rcu(struct rcu_head *head)
{
	kfree((char *)head - head->offset);
}

#define kfree_rcu(object, member) do {						\
	typeof(object) __object = (object);					\
	if (__object) {								\
		__object->member.offset = offsetof(typeof(*__object), member);	\
		call_rcu(&__object->member, __rp_kfree_rcu);			\
	}									\
} while (0)
#define kvfree_rcu(object, member) kfree_rcu(object, member)
#define kfree_rcu_mightsleep(object) do { synchronize_rcu(); kfree(object); } while (0)

DEFINE_LOCK_GUARD_0(rcu, rcu_read_lock(), rcu_read_unlock())

#endif
