/* Two locks taken in opposite orders. */
// expect: deadlock
#include <raceproof.h>
#include <linux/mutex.h>

static DEFINE_MUTEX(a);
static DEFINE_MUTEX(b);

static void forwards(void)
{
	mutex_lock(&a);
	mutex_lock(&b);
	mutex_unlock(&b);
	mutex_unlock(&a);
}

static void backwards(void)
{
	mutex_lock(&b);
	mutex_lock(&a);
	mutex_unlock(&a);
	mutex_unlock(&b);
}

scenario abba(void)
{
	thread("forwards", forwards());
	thread("backwards", backwards());
}
