/* A reader that wants to write without giving back waits for itself. */
// expect: lock-misuse
#include <raceproof.h>
#include <linux/rwsem.h>

static DECLARE_RWSEM(sem);

static void task(void)
{
	down_read(&sem);
	down_write(&sem);
	up_write(&sem);
	up_read(&sem);
}

scenario rwsem_upgrade(void)
{
	thread("left", task());
	thread("right", task());
}
