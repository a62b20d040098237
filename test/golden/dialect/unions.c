/* The members of a union share cells; in structs, anonymous, initialised by name. */
#include "check.h"

union word { int i; unsigned int u; struct { int first, second; } pair; };
struct tagged { int tag; union { int number; struct tagged *link; }; int after; };

static void run(void)
{
	union word w = { .u = 0xffffffff };
	struct tagged a = { 1, { 42 }, 7 }, b = { .tag = 2, .link = &a, .after = 8 };

	assert(w.i == -1 && w.pair.first == -1 && w.pair.second == 0);
	w.pair.second = 5;
	w.i = 3;
	assert(w.u == 3 && w.pair.second == 5);
	assert(a.number == 42 && a.after == 7 && b.link->number == 42 && b.after == 8);
	assert(sizeof(union word) == 2 * sizeof(int) && sizeof(struct tagged) >= 3 * sizeof(int));
}
