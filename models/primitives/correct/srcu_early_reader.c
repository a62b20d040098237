/* A reader that saw the old value began before the grace period, which therefore outlasts it. */
// expect: none
#include <raceproof.h>
#include <linux/compiler.h>
#include <linux/srcu.h>

DEFINE_STATIC_SRCU(domain);
static int unpublished;
static int finished;

static void reader(void)
{
	int idx = srcu_read_lock(&domain);
	int seen = READ_ONCE(unpublished);

	assert(seen || !READ_ONCE(finished));
	srcu_read_unlock(&domain, idx);
}

static void updater(void)
{
	WRITE_ONCE(unpublished, 1);
	synchronize_srcu(&domain);
	WRITE_ONCE(finished, 1);
}

scenario srcu_early_reader(void)
{
	thread("reader", reader());
	thread("reader too", reader());
	thread("updater", updater());
}
