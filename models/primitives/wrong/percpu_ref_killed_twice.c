/* Both sides think that it is theirs to kill. */
// expect: warn
#include <raceproof.h>
#include <linux/percpu-refcount.h>

static struct percpu_ref ref;

static void release(struct percpu_ref *unused)
{
}

scenario percpu_ref_killed_twice(void)
{
	percpu_ref_init(&ref, release, 0, GFP_KERNEL);
	thread("left", percpu_ref_kill(&ref));
	thread("right", percpu_ref_kill(&ref));
}
