/* A way out that forgets the rwlock. */
// expect: lock-misuse
#include <raceproof.h>
#include <linux/spinlock.h>

static DEFINE_RWLOCK(lock);
static int value;

static int look(int wanted)
{
	read_lock(&lock);
	if (value == wanted)
		return 1;
	read_unlock(&lock);
	return 0;
}

static void change(void)
{
	write_lock(&lock);
	value = 1;
	write_unlock(&lock);
}

scenario rwlock_held_at_exit(void)
{
	thread("look", look(0));
	thread("change", change());
}
