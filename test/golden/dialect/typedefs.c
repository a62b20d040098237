/* typedef of integers, structs, pointers, functions and arrays; casts to them; also inside a function. */
#include "check.h"

typedef unsigned int counter_t;
typedef struct { int x, y; } point_t;
typedef struct node { struct node *next; int value; } node_t;
typedef point_t *point_ref;
typedef int (*operation_t)(int, int);
typedef int triple_t[3];

static int add(int a, int b) { return a + b; }

static void run(void)
{
	typedef u8 tiny;
	counter_t c = (counter_t)-1;
	point_t p = { 1, 2 };
	point_ref r = &p;
	node_t n = { NULL, 4 };
	operation_t op = add;
	triple_t t = { 1, 2, 3 };
	tiny small = 256;

	assert(c == 0xffffffff && (counter_t)(-1) > 0 && (tiny)(300) == 44);
	assert(r->x + r->y == 3 && n.value == 4 && !n.next);
	assert(op(2, 3) == 5 && t[2] == 3 && small == 0);
	assert(sizeof(triple_t) == 3 * sizeof(int) && sizeof(point_t) == 2 * sizeof(int));
	assert((counter_t) + 5 == 5 && (counter_t) - 1 == c && *(counter_t *)&c == c);
}
