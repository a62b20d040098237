/* guard(spinlock_irqsave) holds to the end of the function: what sleeps behind it is inside. */
// expect: lock-misuse
#include <raceproof.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>

static DEFINE_SPINLOCK(spin);
static DEFINE_MUTEX(mutex);

static void task(void)
{
	guard(spinlock_irqsave)(&spin);
	mutex_lock(&mutex);
	mutex_unlock(&mutex);
}

scenario guard_then_sleep(void)
{
	thread("task", task());
	thread("other", task());
}
