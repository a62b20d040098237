/* The interruptible and killable forms and trylock exclude each other; with no signals they return 0. */
// expect: none
#include <raceproof.h>
#include <linux/mutex.h>

static DEFINE_MUTEX(lock);

static int counter;

static void count(void)
{
	int old = counter;

	counter = old + 1;
}

static int interruptible(void)
{
	int error = mutex_lock_interruptible(&lock);

	if (error)
		return error;
	count();
	mutex_unlock(&lock);
	return 0;
}

static void killable(void)
{
	assert(mutex_lock_killable(&lock) == 0);
	count();
	mutex_unlock(&lock);
}

static int tried;

static void try(void)
{
	if (!mutex_trylock(&lock))
		return;
	tried = 1;
	count();
	mutex_unlock(&lock);
}

scenario mutex_forms(void)
{
	thread("interruptible", interruptible());
	thread("killable", killable());
	thread("try", try());
	at_end(counter == 2 + tried);
}
