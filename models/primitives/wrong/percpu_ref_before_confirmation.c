/* percpu_ref_kill() returns before everybody has seen that the count is dead: only the confirmation says
 * so. */
// expect: assertion
#include <raceproof.h>
#include <linux/percpu-refcount.h>

static struct percpu_ref ref;
static int killed;

static void release(struct percpu_ref *unused)
{
}

static void kill(void)
{
	percpu_ref_kill(&ref);
	WRITE_ONCE(killed, 1);
}

static void use(void)
{
	int was_killed;

	if (percpu_ref_tryget_live(&ref)) {
		was_killed = READ_ONCE(killed);
		percpu_ref_put(&ref);
		assert(!was_killed);
	}
}

scenario percpu_ref_before_confirmation(void)
{
	percpu_ref_init(&ref, release, 0, GFP_KERNEL);
	thread("kill", kill());
	thread("use", use());
}
