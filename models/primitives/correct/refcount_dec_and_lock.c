/* The last reference goes under the lock of the table, so that a look-up finds it whole or not at all. */
// expect: none
#include <raceproof.h>
#include <linux/refcount.h>
#include <linux/slab.h>

struct object {
	refcount_t refs;
};

static DEFINE_MUTEX(lock);
static struct object *table;

static void put(struct object *object)
{
	if (!refcount_dec_and_mutex_lock(&object->refs, &lock))
		return;
	table = NULL;
	mutex_unlock(&lock);
	kfree(object);
}

static void look_up(void)
{
	struct object *object;

	scoped_guard(mutex, &lock) {
		object = table;
		if (object)
			refcount_inc(&object->refs);
	}
	if (object)
		put(object);
}

scenario table_and_lookup(void)
{
	struct object *object = kzalloc(sizeof(*object), GFP_KERNEL);

	refcount_set(&object->refs, 1);
	table = object;
	thread("put", put(object));
	thread("look up", look_up());
	at_end(!leaks());
}
