/* A reader of a rwlock must not sleep. */
// expect: lock-misuse
#include <raceproof.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>

static DEFINE_RWLOCK(lock);
static DEFINE_MUTEX(mutex);

static void look(void)
{
	read_lock(&lock);
	mutex_lock(&mutex);
	mutex_unlock(&mutex);
	read_unlock(&lock);
}

scenario rwlock_sleeps(void)
{
	thread("look", look());
}
