/* The statement of a guard that did not get its lock is skipped, and nobody asks. */
// expect: assertion
#include <raceproof.h>
#include <linux/mutex.h>

static DEFINE_MUTEX(lock);
static int count;

static void add(void)
{
	scoped_guard(mutex_try, &lock)
		count++;
}

scenario guard_conditional_ignored(void)
{
	thread("add", add());
	thread("add too", add());
	at_end(count == 2);
}
