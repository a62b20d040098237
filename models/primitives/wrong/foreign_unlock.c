/* A task unlocks a mutex that another one holds. */
// expect: lock-misuse
#include <raceproof.h>
#include <linux/mutex.h>

static DEFINE_MUTEX(lock);

static void holder(void)
{
	mutex_lock(&lock);
	mutex_unlock(&lock);
}

scenario foreign_unlock(void)
{
	thread("holder", holder());
	thread("other", mutex_unlock(&lock));
}
