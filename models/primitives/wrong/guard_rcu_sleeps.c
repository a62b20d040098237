/* scoped_guard(rcu) is a read-side section: it must not sleep. */
// expect: lock-misuse
#include <raceproof.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>

static DEFINE_MUTEX(mutex);

static void task(void)
{
	scoped_guard(rcu) {
		mutex_lock(&mutex);
		mutex_unlock(&mutex);
	}
}

scenario guard_rcu_sleeps(void)
{
	thread("task", task());
	thread("other", task());
}
