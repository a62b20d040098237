/* cleanup_srcu_struct() without srcu_barrier(): a callback may be left, and the domain is leaked with a
 * warning. */
// expect: warn
#include <raceproof.h>
#include <linux/srcu.h>

static struct srcu_struct srcu;
static struct rcu_head head;

static void callback(struct rcu_head *unused)
{
}

static void destroy(void)
{
	call_srcu(&srcu, &head, callback);
	cleanup_srcu_struct(&srcu);
}

scenario srcu_cleaned_up_early(void)
{
	init_srcu_struct(&srcu);
	thread("destroy", destroy());
}
