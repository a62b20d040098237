/* Who decrements and then reads the count may not be the last, and may not have the object any more. */
// expect: use-after-free, double-free
#include <raceproof.h>
#include <linux/atomic.h>
#include <linux/slab.h>

struct object {
	atomic_t users;
};

static void put(struct object *object)
{
	atomic_dec(&object->users);
	if (atomic_read(&object->users) == 0)
		kfree(object);
}

scenario atomic_dec_then_read(void)
{
	struct object *object = kzalloc(sizeof(*object), GFP_KERNEL);

	atomic_set(&object->users, 2);
	thread("left", put(object));
	thread("right", put(object));
}
