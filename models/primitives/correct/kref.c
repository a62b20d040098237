/* The last kref_put() releases, exactly once; kref_get_unless_zero() does not revive. */
// expect: none
#include <raceproof.h>
#include <linux/kref.h>
#include <linux/slab.h>

struct object {
	struct kref ref;
	int gone;
};

static struct object object;
static DEFINE_MUTEX(lock);

static void release(struct kref *ref)
{
	struct object *dying = container_of(ref, struct object, ref);

	assert(!dying->gone);
	dying->gone = 1;
}

static void user(void)
{
	if (!kref_get_unless_zero(&object.ref))
		return;
	assert(!READ_ONCE(object.gone));
	kref_put(&object.ref, release);
}

static void release_locked(struct kref *ref)
{
	release(ref);
	mutex_unlock(&lock);
}

static void owner(void)
{
	kref_get(&object.ref);
	kref_put(&object.ref, release);
	kref_put_mutex(&object.ref, release_locked, &lock);
}

scenario kref(void)
{
	kref_init(&object.ref);
	thread("owner", owner());
	thread("user", user());
	at_end(object.gone && kref_read(&object.ref) == 0);
}
