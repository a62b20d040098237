/* wait_for_completion() sleeps, so not inside a spinlock. */
// expect: lock-misuse
#include <raceproof.h>
#include <linux/completion.h>
#include <linux/spinlock.h>

static DECLARE_COMPLETION(done);
static DEFINE_SPINLOCK(lock);

static void waiter(void)
{
	spin_lock(&lock);
	wait_for_completion(&done);
	spin_unlock(&lock);
}

scenario completion_in_spinlock(void)
{
	thread("waiter", waiter());
	thread("completer", complete(&done));
}
