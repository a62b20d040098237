/* A reader that begins after synchronize_srcu() began is not waited for: the updater may return while
 * that reader is still inside. */
// expect: assertion
#include <raceproof.h>
#include <linux/compiler.h>
#include <linux/srcu.h>

DEFINE_STATIC_SRCU(domain);
static int inside;
static int returned_while_inside;

static void reader(void)
{
	int idx = srcu_read_lock(&domain);

	WRITE_ONCE(inside, 1);
	WRITE_ONCE(inside, 0);
	srcu_read_unlock(&domain, idx);
}

static void updater(void)
{
	synchronize_srcu(&domain);
	if (READ_ONCE(inside))
		returned_while_inside = 1;
}

scenario srcu_late_reader(void)
{
	thread("reader", reader());
	thread("updater", updater());
	at_end(!returned_while_inside);
}
