/* kzalloc and its kin: zeroed, of the right size, freed; what the pointer is assigned to says the type. */
#include "check.h"
#include <linux/slab.h>

struct thing { int a, b; struct thing *next; };
struct flexible { int n; int tail[]; };

static struct thing *make(int v)
{
	struct thing *t = kzalloc(sizeof(*t), GFP_KERNEL);

	if (!t)
		return NULL;
	t->a = v;
	return t;
}

static void run(void)
{
	struct thing *t = make(4), *u = kzalloc(sizeof(struct thing), GFP_KERNEL), *v;
	struct flexible *f = kzalloc(struct_size(f, tail, 3), GFP_KERNEL);
	int *array = kcalloc(4, sizeof(int), GFP_KERNEL), *again = kmalloc_array(2, sizeof(*again), GFP_KERNEL);

	assert(t && t->a == 4 && t->b == 0 && !t->next && t != u);
	v = kzalloc_obj(*v);
	v->next = t;
	u = kzalloc_obj(struct thing);
	f->tail[2] = 6;
	array[3] = 9;
	assert(v->next->a == 4 && f->tail[2] == 6 && array[0] == 0 && array[3] == 9 && again[1] == 0);
	kfree(t);
	kfree(u);
	kfree(v);
	kfree(f);
	kfree(array);
	kfree(again);
	kfree(NULL);
	assert(dangles(t));
}
