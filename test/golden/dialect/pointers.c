/* Pointer arithmetic counts elements; comparisons; pointers to pointers; &*p and *&x. */
#include "check.h"

struct pair { int a, b; };

static void set(int *p, int v) { *p = v; }
static void redirect(int **pp, int *to) { *pp = to; }

static void run(void)
{
	struct pair pairs[4] = { { 1, 2 }, { 3, 4 }, { 5, 6 }, { 7, 8 } };
	struct pair *p = pairs, *q = &pairs[3];
	int x = 1, y = 2, *r = &x, **rr = &r;

	assert(q - p == 3 && p + 3 == q && q - 3 == p && (p + 1)->a == 3);
	assert(p[2].b == 6 && q[-1].a == 5 && *(&p->a + 1) == 2);
	assert(p < q && q > p && p <= p && p != q && !(q < p));
	p++;
	assert(p->a == 3 && p == pairs + 1);
	p += 2;
	assert(p == q);
	--p;
	assert(p->b == 6);
	set(&x, 9);
	assert(x == 9 && *r == 9 && **rr == 9);
	redirect(&r, &y);
	assert(*r == 2 && *rr == &y);
	**rr = 5;
	assert(y == 5 && &*r == r && *&x == 9);
	set(&pairs[2].a, 50);
	assert(pairs[2].a == 50);
	assert((2)[pairs].a == 50);
	r = NULL;
	assert(!r && r == NULL && r == 0);
}
