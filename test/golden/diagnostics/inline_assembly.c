#include <raceproof.h>
static void f(void)
{
	asm volatile("mfence" ::: "memory");
	__asm__("nop");
}
scenario s(void) { thread("a", f()); }
