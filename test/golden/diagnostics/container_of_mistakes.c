#include <raceproof.h>
#include <linux/container_of.h>
#include <linux/stddef.h>
struct thing { int a; };
static int x, *p = &x;
static void f(void)
{
	struct thing *t = container_of(p, struct thing, b);

	x = offsetof(struct thing, a.b);
	x = offsetof(struct missing, a);
	x = offsetof(int, a);
	t->a = 1;
}
scenario s(void) { thread("a", f()); }
