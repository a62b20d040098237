#include <raceproof.h>
static void f(void)
{
	void *target = &&here;

	goto *target;
here:
	return;
}
scenario s(void) { thread("a", f()); }
