/* Waiting for one domain inside a reader of another is legal; sections nest. */
// expect: none
#include <raceproof.h>
#include <linux/srcu.h>

DEFINE_STATIC_SRCU(outer);
DEFINE_STATIC_SRCU(inner);

static void waiter(void)
{
	int idx = srcu_read_lock(&outer);

	synchronize_srcu(&inner);
	srcu_read_unlock(&outer, idx);
}

static void reader(void)
{
	int first = srcu_read_lock(&inner);
	int second = srcu_read_lock(&inner);

	srcu_read_unlock(&inner, first);
	srcu_read_unlock(&inner, second);
}

scenario srcu_nested_domains(void)
{
	thread("waiter", waiter());
	thread("reader", reader());
}
