#include <raceproof.h>
static void f(void) { settle(); }
scenario s(void)
{
	settle();
	thread("a", f());
}
