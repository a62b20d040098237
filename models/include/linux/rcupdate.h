/* RCU and RCU tasks as grace-period domains. rcu_dereference(), rcu_assign_pointer() and
 * rcu_replace_pointer() are raceproof's own.
 *
 * What waits: synchronize_*() for the sections that were open when it began, callbacks likewise, barriers for
 * the callbacks of their domain that were queued when they began. Sections nest to NESTING_MAX levels. As in
 * the kernel, sections with bottom halves or preemption disabled are sections of RCU too.
 *
 * What is reported: waiting for a grace period inside a section of the same domain, a section that is left
 * open or closed twice, a callback head that is queued while it is queued (all rcu-misuse), sleeping inside a
 * section (lock-misuse).
 *
 * With --define CONFIG_PROVE_RCU the conditions of rcu_dereference_check(), rcu_dereference_protected() and
 * RCU_LOCKDEP_WARN() are evaluated and warn; without they are not even looked at, as in the kernel. */
#ifndef _LINUX_RCUPDATE_H
#define _LINUX_RCUPDATE_H

#include <linux/bug.h>
#include <linux/cleanup.h>
#include <linux/compiler.h>
#include <linux/completion.h>
#include <linux/container_of.h>
#include <linux/kernel.h>
#include <linux/lockdep.h>
#include <linux/slab.h>
#include <linux/types.h>
#include <linux/workqueue_types.h>
#include <raceproof/domain.h>

static struct gp_domain rcu_domain __maybe_unused = {
	.flags = DOMAIN_ATOMIC | DOMAIN_SOFTIRQ | DOMAIN_READY,
};
/* RCU tasks waits until every task has slept of its own accord, or left the kernel. Where that matters a
 * model marks the stretches in which a task does neither; a sleep ends one and begins the next. */
static struct gp_domain rcu_tasks_domain __maybe_unused = { .flags = DOMAIN_SOFTIRQ | DOMAIN_READY };

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
/* For whoever runs with preemption disabled; with RCU's readers that is more than the kernel promises. */
#define synchronize_rcu_tasks_rude() synchronize_rcu()

#define call_rcu(head, function) gp_call(&rcu_domain, head, function)
#define call_rcu_hurry(head, function) call_rcu(head, function)
#define call_rcu_tasks(head, function) gp_call(&rcu_tasks_domain, head, function)

#define rcu_barrier() (gp_barrier(&rcu_domain), flush_wait())
#define rcu_barrier_tasks() (gp_barrier(&rcu_tasks_domain), flush_wait())

/* Several grace periods at once, of the flavours whose call_*() functions are named: as in the kernel, a
 * callback of each completes what the caller waits for. */
struct __rp_grace_period {
	struct rcu_head head;
	struct completion done;
};

static inline void __rp_grace_period_over(struct rcu_head *head)
{
	complete(&container_of(head, struct __rp_grace_period, head)->done);
}

#define synchronize_rcu_mult(call_first, call_second) do {		\
	struct __rp_grace_period __first = {}, __second = {};		\
	call_first(&__first.head, __rp_grace_period_over);		\
	call_second(&__second.head, __rp_grace_period_over);		\
	wait_for_completion(&__first.done);				\
	wait_for_completion(&__second.done);				\
} while (0)

/* Polled grace periods. A cookie is the number of one that nobody waits for but a kworker: it begins some
 * time after the cookie was taken, whoever starts it, and ends some time after the sections that were open
 * then. rcu_barrier() does not wait for it. Not modelled: same_state_synchronize_rcu(); two cookies are
 * never one. */
/* Cookies in one schedule; one more is a BUG. */
#define RCU_POLLED_MAX 8

struct __rp_polled {
	struct work_struct work;
	struct gp_domain *domain;
	bool over;
};

struct rcu_gp_oldstate {
	unsigned long rgos_norm;
};

static inline void __rp_poll(struct work_struct *work)
{
	struct __rp_polled *polled = container_of(work, struct __rp_polled, work);

	gp_start(polled->domain);
	gp_wait();
	WRITE_ONCE(polled->over, true);
}

#define __RP_POLLED { .work = { .func = __rp_poll } }
static struct __rp_polled __rp_polled[RCU_POLLED_MAX] __maybe_unused = {
	__RP_POLLED, __RP_POLLED, __RP_POLLED, __RP_POLLED,
	__RP_POLLED, __RP_POLLED, __RP_POLLED, __RP_POLLED,
};
static atomic_t __rp_polled_cookies __maybe_unused;
static struct workqueue_struct __rp_polled_wq __maybe_unused = { .max_active = WQ_DFL_ACTIVE };

static inline unsigned long __rp_start_poll(struct gp_domain *domain)
{
	unsigned long cookie = atomic_inc_return(&__rp_polled_cookies);

	BUG_ON(cookie > RCU_POLLED_MAX);
	__rp_polled[cookie - 1].domain = domain;
	queue_work(&__rp_polled_wq, &__rp_polled[cookie - 1].work);
	return cookie;
}

static inline bool __rp_poll_state(unsigned long cookie)
{
	return !cookie || READ_ONCE(__rp_polled[cookie - 1].over);
}

#define get_completed_synchronize_rcu() 0UL
#define get_state_synchronize_rcu() __rp_start_poll(&rcu_domain)
#define start_poll_synchronize_rcu() __rp_start_poll(&rcu_domain)
#define start_poll_synchronize_rcu_expedited() start_poll_synchronize_rcu()
#define poll_state_synchronize_rcu(cookie) __rp_poll_state(cookie)
#define cond_synchronize_rcu(cookie) ((void)(__rp_poll_state(cookie) || (synchronize_rcu(), 0)))
#define cond_synchronize_rcu_expedited(cookie) cond_synchronize_rcu(cookie)
#define get_completed_synchronize_rcu_full(state) ((void)((state)->rgos_norm = 0))
#define get_state_synchronize_rcu_full(state) ((void)((state)->rgos_norm = get_state_synchronize_rcu()))
#define start_poll_synchronize_rcu_full(state) get_state_synchronize_rcu_full(state)
#define start_poll_synchronize_rcu_expedited_full(state) get_state_synchronize_rcu_full(state)
#define poll_state_synchronize_rcu_full(state) __rp_poll_state((state)->rgos_norm)
#define cond_synchronize_rcu_full(state) cond_synchronize_rcu((state)->rgos_norm)
#define cond_synchronize_rcu_expedited_full(state) cond_synchronize_rcu_full(state)

#define rcu_read_lock_held() gp_read_held(&rcu_domain)
#define rcu_read_lock_bh_held() rcu_read_lock_held()
#define rcu_read_lock_sched_held() rcu_read_lock_held()
#define rcu_read_lock_any_held() rcu_read_lock_held()

#ifdef CONFIG_PROVE_RCU
#define RCU_LOCKDEP_WARN(condition, message) ((void)WARN_ON(condition))
#define rcu_dereference_check(p, condition) \
	({ RCU_LOCKDEP_WARN(!((condition) || rcu_read_lock_held()), ""); rcu_dereference_raw(p); })
#define rcu_dereference_protected(p, condition) ({ RCU_LOCKDEP_WARN(!(condition), ""); (p); })
#else
#define RCU_LOCKDEP_WARN(condition, message) ((void)0)
#endif

#ifndef __RACEPROOF__
#define rcu_dereference(p) READ_ONCE(p)
#ifndef CONFIG_PROVE_RCU
#define rcu_dereference_check(p, condition) READ_ONCE(p)
#define rcu_dereference_protected(p, condition) (p)
#endif
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

/* Without a head in the object: the caller does not wait, but must be able to. The kernel does wait where
 * memory is short; that is among the schedules in which the caller is slow to go on. */
struct __rp_kvfree {
	struct rcu_head head;
	const void *object;
};

static inline void __rp_kvfree_rcu(struct rcu_head *head)
{
	struct __rp_kvfree *kvfree = container_of(head, struct __rp_kvfree, head);

	kfree(kvfree->object);
	kfree(kvfree);
}

static inline void __rp_kfree_rcu_mightsleep(const void *object)
{
	struct __rp_kvfree *kvfree;

	might_sleep();
	if (!object)
		return;
	kvfree = kzalloc(sizeof(*kvfree), GFP_KERNEL);
	kvfree->object = object;
	call_rcu(&kvfree->head, __rp_kvfree_rcu);
}

#define kfree_rcu_mightsleep(object) __rp_kfree_rcu_mightsleep(object)
#define kvfree_rcu_mightsleep(object) __rp_kfree_rcu_mightsleep(object)
/* rcu_barrier() waits for kfree_rcu() too, which current kernels promise of this one only. */
#define kvfree_rcu_barrier() rcu_barrier()

DEFINE_LOCK_GUARD_0(rcu, rcu_read_lock(), rcu_read_unlock())

#endif
