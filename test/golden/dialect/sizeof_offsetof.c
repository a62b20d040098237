/* sizeof of types and expressions, offsetof, also nested and indexed; nothing is evaluated. */
#include "check.h"
#include <linux/stddef.h>

struct inner { int a; int b[3]; };
struct outer { char c; struct inner in; struct outer *next; };

static int evaluated;
static int count(void) { evaluated++; return 1; }

static void run(void)
{
	struct outer o, *p = &o;
	int array[5], x = 0;

	assert(sizeof(int) == sizeof(p) && sizeof(struct inner) == 4 * sizeof(int));
	assert(sizeof(array) / sizeof(array[0]) == 5 && sizeof array == 5 * sizeof x);
	assert(sizeof(*p) == sizeof(o) && sizeof(p->in) == sizeof(struct inner));
	assert(sizeof(count()) == sizeof(int) && evaluated == 0);
	assert(sizeof(x++) == sizeof(int) && x == 0);
	assert(offsetof(struct outer, c) == 0);
	assert(offsetof(struct outer, in) + offsetof(struct inner, b) == offsetof(struct outer, in.b));
	assert(offsetof(struct outer, in.b[2]) == offsetof(struct outer, in.b) + 2 * sizeof(int));
	assert(sizeof("hello") == 6 * sizeof(char));
	assert(sizeof(typeof(p->next)) == sizeof(void *));
}
