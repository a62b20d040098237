/* unreg() waits for the callers before it frees the image. */
// expect: none
#include <raceproof.h>
#include <linux/compiler.h>
#include <linux/slab.h>
#include <linux/srcu.h>

struct toy_ops {
	int (*handle)(int argument);
};

struct_ops_type(toy_ops);

DEFINE_STATIC_SRCU(callers);
static struct toy_ops *slot;

static int program(int argument)
{
	return argument + 1;
}

static void caller(void)
{
	struct toy_ops *ops;
	int idx = srcu_read_lock(&callers);

	ops = READ_ONCE(slot);
	if (ops)
		ops->handle(1);
	srcu_read_unlock(&callers, idx);
}

static void unreg(void)
{
	struct toy_ops *ops = READ_ONCE(slot);

	WRITE_ONCE(slot, NULL);
	synchronize_srcu(&callers);
	kfree(ops);
}

scenario ops_unreg_waits(void)
{
	struct toy_ops *ops = kzalloc(sizeof(*ops), GFP_KERNEL);

	ops->handle = program;
	slot = ops;
	thread("caller", caller());
	thread("unreg", unreg());
}
