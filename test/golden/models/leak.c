/* Whoever comes second finds the slot taken and forgets what it allocated. */
// expect: leak
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

	if (READ_ONCE(slot))
		return;
	WRITE_ONCE(slot, p);
}

static void withdraw(void)
{
	struct object *p = xchg(&slot, NULL);

	if (p)
		kfree(p);
}

scenario leak(void)
{
	thread("install", install());
	thread("install too", install());
	thread("withdraw", withdraw());
	at_end(slot || !leaks());
}
