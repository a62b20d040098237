/* Grace-period domains: what RCU, its flavours and SRCU have in common. Readers mark sections; a grace
 * period waits for the sections that were open when it began. The state machine is raceproof's own. */
#ifndef _RACEPROOF_DOMAIN_H
#define _RACEPROOF_DOMAIN_H

#include <linux/types.h>

/* Readers must not sleep. */
#define DOMAIN_ATOMIC 1
/* Callbacks must not sleep. */
#define DOMAIN_SOFTIRQ 2
/* Initialised and not cleaned up: without it every use is a violation. */
#define DOMAIN_READY 4

struct gp_domain {
	int sections_lo;
	int sections_hi;
	int flags;
	int pending;			/* callbacks queued or running, synchronize_*() under way */
};

/* Primitives. gp_start() and gp_wait() together are a synchronize_*(). */
int gp_read_lock(struct gp_domain *domain);
void gp_read_unlock(struct gp_domain *domain, int index);
/* Ends the innermost section of this task. */
void gp_read_unlock_last(struct gp_domain *domain);
/* This task is inside a section. */
bool gp_read_held(struct gp_domain *domain);
void gp_start(struct gp_domain *domain);
void gp_wait(void);
void gp_call(struct gp_domain *domain, struct rcu_head *head, rcu_callback_t function);
/* With flush_wait() after it an rcu_barrier(): waits for the callbacks that are queued when it begins ... */
void gp_barrier(struct gp_domain *domain);
/* ... or only for those of them that have started. */
void gp_flush(struct gp_domain *domain);
/* Ends the wait of gp_barrier(), gp_flush() and of the flushes of linux/workqueue.h. */
void flush_wait(void);

#endif
