/* READ_ONCE and its kin, acquire and release, barriers, RCU pointers: their values are those of plain accesses. */
#include "check.h"
#include <linux/rcupdate.h>
#include <linux/srcu.h>

struct config { int v; };
static struct config one = { 1 }, two = { 2 };
static struct config __rcu *current_config;
static int flag;
DEFINE_STATIC_SRCU(domain);

static void run(void)
{
	struct config *c, *old;
	int idx, local = 3;

	WRITE_ONCE(flag, 5);
	assert(READ_ONCE(flag) == 5);
	WRITE_ONCE(local, READ_ONCE(local) + 1);
	assert(local == 4);
	smp_store_release(&flag, 6);
	assert(smp_load_acquire(&flag) == 6);
	smp_mb();
	smp_rmb();
	smp_wmb();
	rcu_assign_pointer(current_config, &one);
	rcu_read_lock();
	c = rcu_dereference(current_config);
	assert(c->v == 1 && rcu_access_pointer(current_config) == &one);
	rcu_read_unlock();
	old = rcu_replace_pointer(current_config, &two, true);
	assert(old == &one && rcu_dereference_protected(current_config, 1)->v == 2);
	assert(rcu_dereference_check(current_config, 1) == &two);
	idx = srcu_read_lock(&domain);
	assert(srcu_dereference(current_config, &domain) == &two);
	srcu_read_unlock(&domain, idx);
	RCU_INIT_POINTER(current_config, NULL);
	assert(!rcu_access_pointer(current_config));
	synchronize_rcu();
	synchronize_srcu(&domain);
}
