/* A mutex is taken inside a spinlock. */
// expect: lock-misuse
#include <raceproof.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>

static DEFINE_SPINLOCK(spin);
static DEFINE_MUTEX(mutex);
static int count;

static void inside_out(void)
{
	spin_lock(&spin);
	mutex_lock(&mutex);
	count++;
	mutex_unlock(&mutex);
	spin_unlock(&spin);
}

static void plain(void)
{
	mutex_lock(&mutex);
	count++;
	mutex_unlock(&mutex);
}

scenario sleep_in_spinlock(void)
{
	thread("inside out", inside_out());
	thread("plain", plain());
}
