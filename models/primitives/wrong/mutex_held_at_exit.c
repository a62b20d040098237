/* One way out forgets to unlock. */
// expect: lock-misuse
#include <raceproof.h>
#include <linux/compiler.h>
#include <linux/mutex.h>

static DEFINE_MUTEX(lock);
static int gone;

static void user(void)
{
	mutex_lock(&lock);
	if (READ_ONCE(gone))
		return;
	mutex_unlock(&lock);
}

static void remover(void)
{
	WRITE_ONCE(gone, 1);
}

scenario mutex_held_at_exit(void)
{
	thread("user", user());
	thread("remover", remover());
}
