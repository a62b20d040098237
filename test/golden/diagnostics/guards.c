#include <raceproof.h>
#include <linux/mutex.h>
static DEFINE_MUTEX(lock);
static void f(void)
{
	guard(mutexx)(&lock);
	guard(unheard_of)(&lock);
	guard(mutex)();
	scoped_guard(mutex, &lock, 1) { }
	guard(mutex_try)(&lock);
	scoped_cond_guard(mutex, return, &lock) { }
	scoped_cond_guard(mutex_try, 1 +, &lock) { }
	scoped_cond_guard(mutex_try) { }
	scoped_cond_guard(mutex_try, unheard_of(), &lock) { }
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
