/* SRCU: a grace-period domain of its own, whose readers may sleep. What waits for what is as in
 * linux/rcupdate.h, with each srcu_struct for itself. Reported besides: the use of one that was never
 * initialised, or was cleaned up (rcu-misuse), or whose memory is gone (use-after-free), also by a
 * synchronize_srcu() or a callback that is still under way.
 *
 * With --define RACEPROOF_SRCU_ALGORITHM the algorithm itself, instead of what it promises. */
#ifndef _LINUX_SRCU_H
#define _LINUX_SRCU_H

#include <linux/bug.h>
#include <linux/rcupdate.h>

#ifdef RACEPROOF_SRCU_ALGORITHM

#include "../../lib/srcu.c"

#else

struct srcu_struct {
	struct gp_domain domain;
};

#define __SRCU_FLAGS (DOMAIN_SOFTIRQ | DOMAIN_READY)
#define __SRCU_INIT { .domain = { .flags = __SRCU_FLAGS } }

static inline int init_srcu_struct(struct srcu_struct *ssp)
{
	WRITE_ONCE(ssp->domain.flags, __SRCU_FLAGS);
	return 0;
}

/* As the kernel does: warns where a reader is inside, or, after the callbacks that have started are done,
 * where others or a synchronize_srcu() are left, which srcu_barrier() would have waited for; then the domain
 * is leaked, and can be used on. Otherwise nobody may use it any more. */
static inline void cleanup_srcu_struct(struct srcu_struct *ssp)
{
	if (WARN_ON(READ_ONCE(ssp->domain.sections_lo) || READ_ONCE(ssp->domain.sections_hi)))
		return;
	gp_flush(&ssp->domain);
	flush_wait();
	if (WARN_ON(READ_ONCE(ssp->domain.pending)))
		return;
	WRITE_ONCE(ssp->domain.flags, 0);
}

#define srcu_read_lock(ssp) gp_read_lock(&(ssp)->domain)
#define srcu_read_unlock(ssp, index) gp_read_unlock(&(ssp)->domain, index)

#define synchronize_srcu(ssp) (gp_start(&(ssp)->domain), gp_wait())
#define call_srcu(ssp, head, function) gp_call(&(ssp)->domain, head, function)
#define srcu_barrier(ssp) (gp_barrier(&(ssp)->domain), flush_wait())
#define srcu_read_lock_held(ssp) gp_read_held(&(ssp)->domain)
/* As in linux/rcupdate.h. Not modelled: get_state_synchronize_srcu(), whose grace period nobody need
 * start. */
#define start_poll_synchronize_srcu(ssp) __rp_start_poll(&(ssp)->domain)
#define poll_state_synchronize_srcu(ssp, cookie) __rp_poll_state(cookie)
/* A section that another task may end. */
#define srcu_down_read(ssp) srcu_read_lock(ssp)
#define srcu_up_read(ssp, index) srcu_read_unlock(ssp, index)

#endif

#define DEFINE_SRCU(name) struct srcu_struct name = __SRCU_INIT
#define DEFINE_STATIC_SRCU(name) static struct srcu_struct name = __SRCU_INIT

#define srcu_read_lock_notrace(ssp) srcu_read_lock(ssp)
#define srcu_read_unlock_notrace(ssp, index) srcu_read_unlock(ssp, index)
#define srcu_read_lock_nmisafe(ssp) srcu_read_lock(ssp)
#define srcu_read_unlock_nmisafe(ssp, index) srcu_read_unlock(ssp, index)
#define synchronize_srcu_expedited(ssp) synchronize_srcu(ssp)

#ifdef CONFIG_PROVE_RCU
#define srcu_dereference_check(p, ssp, condition) \
	({ RCU_LOCKDEP_WARN(!((condition) || srcu_read_lock_held(ssp)), ""); rcu_dereference_raw(p); })
#define srcu_dereference(p, ssp) srcu_dereference_check(p, ssp, 0)
#else
#define srcu_dereference_check(p, ssp, condition) rcu_dereference(p)
#define srcu_dereference(p, ssp) rcu_dereference(p)
#endif
#define srcu_dereference_notrace(p, ssp) rcu_dereference(p)

DEFINE_GUARD_VALUE(srcu, struct srcu_struct *, srcu_read_lock(_T), srcu_read_unlock(_T, _V))

#endif
