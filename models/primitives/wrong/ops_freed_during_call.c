/* A struct_ops program is running when its image is freed: no instruction of it touches freed memory. */
// expect: use-after-free
#include <raceproof.h>
#include <linux/compiler.h>
#include <linux/slab.h>

struct toy_ops {
	int (*handle)(int argument);
};

struct_ops_type(toy_ops);

static struct toy_ops *slot;

static int program(int argument)
{
	return argument + 1;
}

static void caller(void)
{
	struct toy_ops *ops = READ_ONCE(slot);

	if (ops)
		ops->handle(1);
}

static void unreg(void)
{
	struct toy_ops *ops = READ_ONCE(slot);

	WRITE_ONCE(slot, NULL);
	kfree(ops);
}

scenario ops_freed_during_call(void)
{
	struct toy_ops *ops = kzalloc(sizeof(*ops), GFP_KERNEL);

	ops->handle = program;
	slot = ops;
	thread("caller", caller());
	thread("unreg", unreg());
}
