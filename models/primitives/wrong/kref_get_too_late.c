/* kref_get() by somebody who has no reference. */
// expect: refcount
#include <raceproof.h>
#include <linux/kref.h>

struct object {
	struct kref ref;
};

static struct object object;

static void release(struct kref *ref)
{
}

static void user(void)
{
	kref_get(&object.ref);
	kref_put(&object.ref, release);
}

scenario kref_get_too_late(void)
{
	kref_init(&object.ref);
	thread("owner", kref_put(&object.ref, release));
	thread("user", user());
}
