#include <raceproof.h>
#include <linux/cleanup.h>
#include <linux/slab.h>
static int x;
static void f(void)
{
	int *p __free(kfree) = kzalloc(sizeof(*p), GFP_KERNEL);

	x = *p;
}
scenario s(void) { thread("a", f()); }
