/* A writer of a rwlock gives it back as a reader. */
// expect: lock-misuse
#include <raceproof.h>
#include <linux/spinlock.h>

static DEFINE_RWLOCK(lock);

static void change(void)
{
	write_lock(&lock);
	read_unlock(&lock);
}

scenario rwlock_wrong_unlock(void)
{
	thread("change", change());
}
