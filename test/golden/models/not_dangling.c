/* Publishing and withdrawing exclude each other; a flag keeps a late publisher out. */
// expect: none
#include <raceproof.h>
#include <linux/mutex.h>
#include <linux/slab.h>

struct object {
	int value;
};

static DEFINE_MUTEX(lock);
static struct object *published;
static int withdrawn;

static void publish(struct object *p)
{
	mutex_lock(&lock);
	if (!withdrawn)
		published = p;
	mutex_unlock(&lock);
}

static void withdraw(struct object *p)
{
	mutex_lock(&lock);
	withdrawn = 1;
	published = NULL;
	mutex_unlock(&lock);
	kfree(p);
}

scenario not_dangling(void)
{
	struct object *p = kzalloc(sizeof(*p), GFP_KERNEL);

	thread("publish", publish(p));
	thread("withdraw", withdraw(p));
	at_end(!dangles(published));
}
