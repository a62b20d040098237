/* A call through a field of a struct_ops object is begun and ended around the body. */
#include "check.h"
#include <linux/slab.h>

struct my_ops { int (*run)(int x); int (*other)(int x); };
struct_ops_type(my_ops);

struct holder { struct my_ops *ops; };

static int twice(int x) { return 2 * x; }
static int thrice(int x) { return 3 * x; }

static void run(void)
{
	struct my_ops *ops = kzalloc(sizeof(*ops), GFP_KERNEL);
	struct holder h = { ops };

	ops->run = twice;
	ops->other = thrice;
	assert(ops->run(4) == 8 && h.ops->other(4) == 12 && (*ops).run(1) == 2);
	kfree(ops);
}
