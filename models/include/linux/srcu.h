/* SRCU: a grace-period domain of its own, whose readers may sleep. With --define RACEPROOF_SRCU_ALGORITHM the
 * algorithm itself, instead of what it promises. */
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

#define __SRCU_INIT { .domain = { .flags = DOMAIN_SOFTIRQ } }

#define init_srcu_struct(ssp) ((ssp)->domain.flags = DOMAIN_SOFTIRQ, 0)
/* Warns where a reader is still inside, as the kernel does. */
#define cleanup_srcu_struct(ssp) \
	((void)WARN_ON(READ_ONCE((ssp)->domain.sections_lo) || READ_ONCE((ssp)->domain.sections_hi)))

#define srcu_read_lock(ssp) gp_read_lock(&(ssp)->domain)
#define srcu_read_unlock(ssp, index) gp_read_unlock(&(ssp)->domain, index)

#define synchronize_srcu(ssp) (gp_start(&(ssp)->domain), gp_wait())
#define call_srcu(ssp, head, function) gp_call(&(ssp)->domain, head, function)

#endif

#define DEFINE_SRCU(name) struct srcu_struct name = __SRCU_INIT
#define DEFINE_STATIC_SRCU(name) static struct srcu_struct name = __SRCU_INIT

#define srcu_read_lock_notrace(ssp) srcu_read_lock(ssp)
#define srcu_read_unlock_notrace(ssp, index) srcu_read_unlock(ssp, index)
#define srcu_read_lock_nmisafe(ssp) srcu_read_lock(ssp)
#define srcu_read_unlock_nmisafe(ssp, index) srcu_read_unlock(ssp, index)
#define srcu_read_lock_held(ssp) 1
#define synchronize_srcu_expedited(ssp) synchronize_srcu(ssp)

#define srcu_dereference(p, ssp) rcu_dereference(p)
#define srcu_dereference_check(p, ssp, condition) rcu_dereference(p)
#define srcu_dereference_notrace(p, ssp) rcu_dereference(p)

DEFINE_GUARD_VALUE(srcu, struct srcu_struct *, srcu_read_lock(_T), srcu_read_unlock(_T, _V))

#endif
