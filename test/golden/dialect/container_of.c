/* From a member to its struct, also through a nested member. */
#include "check.h"
#include <linux/container_of.h>

struct link { int n; };
struct map { int id; struct link link; struct { int pad; struct link deep; } in; };

static int id_of(struct link *l) { return container_of(l, struct map, link)->id; }

static void run(void)
{
	struct map m = { .id = 12, .link = { 1 }, .in = { 2, { 3 } } };
	struct link *deep = &m.in.deep;

	assert(id_of(&m.link) == 12);
	assert(container_of(deep, struct map, in.deep) == &m);
	assert(container_of(deep, typeof(m), in.deep)->link.n == 1);
}
