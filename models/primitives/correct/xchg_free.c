/* Two closers of which xchg() lets only one have the pointer. */
// expect: none
#include <raceproof.h>
#include <linux/atomic.h>
#include <linux/slab.h>

struct object {
	int value;
};

static struct object *published;

static void close_it(void)
{
	struct object *p = xchg(&published, NULL);

	if (p)
		kfree(p);
}

scenario xchg_free(void)
{
	published = kzalloc(sizeof(struct object), GFP_KERNEL);
	thread("left", close_it());
	thread("right", close_it());
	at_end(!published);
}
