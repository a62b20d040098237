/* A helper takes the lock that its caller holds already. */
// expect: lock-misuse
#include <raceproof.h>
#include <linux/mutex.h>

static DEFINE_MUTEX(lock);
static int count;

static void add_one(void)
{
	mutex_lock(&lock);
	count++;
	mutex_unlock(&lock);
}

static void add_two(void)
{
	mutex_lock(&lock);
	count++;
	add_one();
	mutex_unlock(&lock);
}

scenario mutex_double_lock(void)
{
	thread("one", add_one());
	thread("two", add_two());
}
