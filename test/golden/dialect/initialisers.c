/* Designators, ranges, later values that win, left-out braces, strings, compound literals. */
#include "check.h"

struct inner { int a, b; };
struct outer { int n; struct inner in[3]; const char *name; };

static int sparse[8] = { [2] = 5, 6, [7] = 9, [4 ... 5] = 3 };
static struct inner flat[2] = { 1, 2, 3, 4 };
static struct outer global = {
	.name = "global",
	.in = { [1] = { .b = 4 }, [2].a = 5 },
	.n = 3,
};
static struct inner *pointed = &(struct inner){ 8, 9 };
static char text[] = "hi";
static char fixed[4] = { 'a', 'b' };
static int *into = &sparse[2];
static struct inner twice = { .a = 1, .a = 2 };

static int total(const struct inner *v) { return v->a + v->b; }

static void run(void)
{
	struct outer o = { 1, { { 2, 3 }, 4, 5 }, "name" };
	struct inner list[] = { { 1, 2 }, { 3, 4 }, { 5, 6 } };
	int order[3] = { [2] = 3, [0] = 1 };
	struct inner copy = list[1], pair[2] = { list[0], list[2] };

	assert(sparse[0] == 0 && sparse[2] == 5 && sparse[3] == 6 && sparse[7] == 9 && sparse[4] == 3 && sparse[5] == 3);
	assert(flat[1].a == 3 && flat[1].b == 4);
	assert(global.n == 3 && global.in[1].b == 4 && global.in[2].a == 5 && global.name[0] == 'g');
	assert(pointed->b == 9 && text[1] == 'i' && sizeof(text) == 3 * sizeof(char) && fixed[2] == 0);
	assert(*into == 5 && twice.a == 2);
	assert(o.in[0].b == 3 && o.in[1].a == 4 && o.in[1].b == 5 && o.name[3] == 'e');
	assert(ARRAY_SIZE(list) == 3 && order[2] == 3 && order[1] == 0);
	assert(copy.b == 4 && pair[1].a == 5 && pair[0].b == 2);
	assert(total(&(struct inner){ .b = 6 }) == 6 && total(&(struct inner){ 1, 2 }) == 3);
	assert(((int[]){ 4, 5, 6 })[1] == 5);
}
