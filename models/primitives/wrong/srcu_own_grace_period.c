/* A grace period is waited for inside a reader of the same domain: it never ends. */
// expect: rcu-misuse
#include <raceproof.h>
#include <linux/srcu.h>

DEFINE_STATIC_SRCU(domain);

static void detach_inside(void)
{
	int idx = srcu_read_lock(&domain);

	synchronize_srcu(&domain);
	srcu_read_unlock(&domain, idx);
}

static void reader(void)
{
	int idx = srcu_read_lock(&domain);

	srcu_read_unlock(&domain, idx);
}

scenario srcu_own_grace_period(void)
{
	thread("detach", detach_inside());
	thread("reader", reader());
}
