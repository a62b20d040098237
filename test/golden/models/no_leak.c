/* cmpxchg() says who was first; the other frees what it allocated. */
// expect: none
#include <raceproof.h>
#include <linux/atomic.h>
#include <linux/slab.h>

struct object {
	int value;
};

static struct object *slot;

static void install(void)
{
	struct object *p = kzalloc(sizeof(*p), GFP_KERNEL);

	if (cmpxchg(&slot, NULL, p))
		kfree(p);
}

static void withdraw(void)
{
	struct object *p = xchg(&slot, NULL);

	if (p)
		kfree(p);
}

scenario no_leak(void)
{
	thread("install", install());
	thread("install too", install());
	thread("withdraw", withdraw());
	at_end(slot || !leaks());
}
