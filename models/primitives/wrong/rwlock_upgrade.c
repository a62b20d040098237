/* A reader of a rwlock cannot become its writer. */
// expect: lock-misuse
#include <raceproof.h>
#include <linux/spinlock.h>

static DEFINE_RWLOCK(lock);

static void look_and_change(void)
{
	read_lock(&lock);
	write_lock(&lock);
	write_unlock(&lock);
	read_unlock(&lock);
}

scenario rwlock_upgrade(void)
{
	thread("look and change", look_and_change());
}
