#include <raceproof.h>
struct thing { int value; struct { int nested; }; };
static struct thing t, *p = &t;
static void f(void)
{
	t.valeu = 1;
	p->unrelated = 2;
	p.value = 3;
	t->value = 4;
	p->nested = 5;
}
scenario s(void) { thread("a", f()); }
