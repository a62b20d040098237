/* An object is freed and stays published: nobody touches it, but somebody could. */
// expect: dangling
#include <raceproof.h>
#include <linux/compiler.h>
#include <linux/slab.h>

struct object {
	int value;
};

static struct object *published;

static void publish(struct object *p)
{
	WRITE_ONCE(published, p);
}

static void withdraw(struct object *p)
{
	WRITE_ONCE(published, NULL);
	kfree(p);
}

scenario dangling(void)
{
	struct object *p = kzalloc(sizeof(*p), GFP_KERNEL);

	thread("publish", publish(p));
	thread("withdraw", withdraw(p));
	at_end(!dangles(published));
}
