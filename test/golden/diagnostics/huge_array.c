#include <raceproof.h>
#include <linux/slab.h>
static int too_large[100000];
static void f(void)
{
	int *p = kzalloc(100000 * sizeof(int), GFP_KERNEL);

	too_large[5] = 1;
	p[0] = 1;
}
scenario s(void) { thread("a", f()); }
