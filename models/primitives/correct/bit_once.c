/* test_and_set_bit() says yes to one only. */
// expect: none
#include <raceproof.h>
#include <linux/bitops.h>
#include <linux/slab.h>

struct object {
	unsigned long flags;
};

static void close(struct object *object, int *closed)
{
	if (!test_and_set_bit(0, &object->flags))
		WRITE_ONCE(*closed, READ_ONCE(*closed) + 1);
}

static int closed;

scenario bit_once(void)
{
	struct object *object = kzalloc(sizeof(*object), GFP_KERNEL);

	thread("left", close(object, &closed));
	thread("right", close(object, &closed));
	at_end(closed == 1);
}
