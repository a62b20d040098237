/* down_read() may sleep, so not inside a spinlock. */
// expect: lock-misuse
#include <raceproof.h>
#include <linux/rwsem.h>
#include <linux/spinlock.h>

static DECLARE_RWSEM(sem);

static DEFINE_SPINLOCK(spin);

static void reader(void)
{
	spin_lock(&spin);
	down_read(&sem);
	up_read(&sem);
	spin_unlock(&spin);
}

scenario rwsem_in_spinlock(void)
{
	thread("left", reader());
	thread("right", reader());
}
