/* What was taken for reading is given back as if for writing. */
// expect: lock-misuse
#include <raceproof.h>
#include <linux/rwsem.h>

static DECLARE_RWSEM(sem);

static void task(void)
{
	down_read(&sem);
	up_write(&sem);
}

scenario rwsem_wrong_unlock(void)
{
	thread("left", task());
	thread("right", task());
}
