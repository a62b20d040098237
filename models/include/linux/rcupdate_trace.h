/* RCU tasks trace: readers may sleep, nest and are waited for as those of SRCU; misuse is reported as for
 * RCU. */
#ifndef _LINUX_RCUPDATE_TRACE_H
#define _LINUX_RCUPDATE_TRACE_H

#include <linux/rcupdate.h>

static struct gp_domain rcu_tasks_trace_domain __maybe_unused = { .flags = DOMAIN_SOFTIRQ | DOMAIN_READY };

#define rcu_read_lock_trace() ((void)gp_read_lock(&rcu_tasks_trace_domain))
#define rcu_read_unlock_trace() gp_read_unlock_last(&rcu_tasks_trace_domain)
#define rcu_read_lock_tasks_trace() rcu_read_lock_trace()
#define rcu_read_unlock_tasks_trace() rcu_read_unlock_trace()
#define rcu_read_lock_trace_held() gp_read_held(&rcu_tasks_trace_domain)
#define synchronize_rcu_tasks_trace() (gp_start(&rcu_tasks_trace_domain), gp_wait())
#define call_rcu_tasks_trace(head, function) gp_call(&rcu_tasks_trace_domain, head, function)
#define rcu_barrier_tasks_trace() (gp_barrier(&rcu_tasks_trace_domain), flush_wait())
/* As in current kernels. */
#define rcu_trace_implies_rcu_gp() true

DEFINE_LOCK_GUARD_0(rcu_tasks_trace, rcu_read_lock_trace(), rcu_read_unlock_trace())

#endif
