/* Calls through fields, variables, arrays and parameters; comparison with NULL; a table of operations. */
#include "check.h"

struct object;
struct operations {
	int (*get)(struct object *o);
	void (*set)(struct object *o, int v);
	int (*optional)(struct object *o);
};
struct object { const struct operations *ops; int value; };

static int get(struct object *o) { return o->value; }
static int get_twice(struct object *o) { return 2 * o->value; }
static void set(struct object *o, int v) { o->value = v; }

static const struct operations plain = { .get = get, .set = set };
static struct operations doubled = { .get = get_twice, .set = &set, .optional = get };

static int add(int a, int b) { return a + b; }
static int sub(int a, int b) { return a - b; }
static int (*table[2])(int, int) = { add, sub };

static int apply(int (*f)(int, int), int a, int b) { return f(a, b); }
static int (*choose_one(int which))(int, int) { return which ? add : sub; }

static void run(void)
{
	struct object o = { .ops = &plain, .value = 3 };
	int (*f)(int, int) = add;

	assert(o.ops->get(&o) == 3 && !o.ops->optional);
	o.ops->set(&o, 8);
	assert(o.value == 8 && (*o.ops->get)(&o) == 8);
	o.ops = &doubled;
	assert(o.ops->get(&o) == 16 && o.ops->optional && o.ops->optional(&o) == 8);
	doubled.get = get;
	assert(o.ops->get(&o) == 8);
	assert(f(1, 2) == 3 && (*f)(1, 2) == 3 && table[1](5, 2) == 3 && (*table[0])(5, 2) == 7);
	f = sub;
	assert(f(9, 4) == 5 && f == sub && f != add);
	assert(apply(add, 2, 2) == 4 && apply(&sub, 2, 2) == 0);
	assert(choose_one(1)(4, 1) == 5 && choose_one(0)(4, 1) == 3);
	f = NULL;
	assert(!f);
}
