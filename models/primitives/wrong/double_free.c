/* Two closers that each test and free without exclusion. */
// expect: double-free
#include <raceproof.h>
#include <linux/compiler.h>
#include <linux/slab.h>

struct object {
	int value;
};

static struct object *published;

static void close_it(void)
{
	struct object *p = READ_ONCE(published);

	if (!p)
		return;
	WRITE_ONCE(published, NULL);
	kfree(p);
}

scenario double_free(void)
{
	published = kzalloc(sizeof(struct object), GFP_KERNEL);
	thread("left", close_it());
	thread("right", close_it());
}
