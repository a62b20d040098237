#include <raceproof.h>
#include <linux/slab.h>
struct hidden;
static void *p;
static void f(int n)
{
	p = kzalloc(n, GFP_KERNEL);
	p = kzalloc(sizeof(struct hidden), GFP_KERNEL);
	p = kzalloc(0, GFP_KERNEL);
	p = kcalloc(n, sizeof(int), GFP_KERNEL);
}
scenario s(void) { thread("a", f(3)); }
