/* A reader of a rwlock reads again, behind a writer that waits for it to stop. */
// expect: deadlock
#include <raceproof.h>
#include <linux/spinlock.h>

static DEFINE_RWLOCK(lock);
static int value;

static int look_inside(void)
{
	guard(read_lock)(&lock);
	return value;
}

static void look(void)
{
	guard(read_lock)(&lock);
	assert(look_inside() >= 0);
}

static void change(void)
{
	guard(write_lock)(&lock);
	value++;
}

scenario rwlock_recursive_read(void)
{
	thread("look", look());
	thread("change", change());
}
