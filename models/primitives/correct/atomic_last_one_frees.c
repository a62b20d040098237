/* atomic_dec_and_test() says to exactly one task that it is the last. */
// expect: none
#include <raceproof.h>
#include <linux/atomic.h>
#include <linux/slab.h>

struct object {
	atomic_t users;
	int value;
};

static void put(struct object *object)
{
	WRITE_ONCE(object->value, 1);
	if (atomic_dec_and_test(&object->users))
		kfree(object);
}

scenario atomic_last_one_frees(void)
{
	struct object *object = kzalloc(sizeof(*object), GFP_KERNEL);

	atomic_set(&object->users, 2);
	thread("left", put(object));
	thread("right", put(object));
	at_end(!leaks());
}
