/* A spinlock inside a mutex is the right way round. */
// expect: none
#include <raceproof.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>

static DEFINE_SPINLOCK(spin);
static DEFINE_MUTEX(mutex);
static int count;

static void both(void)
{
	mutex_lock(&mutex);
	spin_lock(&spin);
	count++;
	spin_unlock(&spin);
	mutex_unlock(&mutex);
}

static void one(void)
{
	spin_lock(&spin);
	count++;
	spin_unlock(&spin);
}

scenario spinlock_in_mutex(void)
{
	thread("both", both());
	thread("one", one());
	at_end(count == 2);
}
