#include <raceproof.h>
#include <linux/mutex.h>
static DEFINE_MUTEX(lock);
static void f(void)
{
	guard(mutexx)(&lock);
	guard(unheard_of)(&lock);
	guard(mutex)();
	scoped_guard(mutex, &lock, 1) { }
}
static void g(int x)
{
	if (x)
		goto inside;
	guard(mutex)(&lock);
inside:
	return;
}
scenario s(void) { thread("a", f()); thread("b", g(1)); }
