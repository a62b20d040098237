#include <raceproof.h>
struct hidden;
static struct hidden *p;
static void f(void)
{
	p->field = 1;
	p++;
}
scenario s(void) { thread("a", f()); }
