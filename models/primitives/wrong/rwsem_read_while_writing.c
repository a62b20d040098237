/* The writer calls a helper that reads. */
// expect: lock-misuse
#include <raceproof.h>
#include <linux/rwsem.h>

static DECLARE_RWSEM(sem);

static void helper(void)
{
	down_read(&sem);
	up_read(&sem);
}

static void writer(void)
{
	down_write(&sem);
	helper();
	up_write(&sem);
}

scenario rwsem_read_while_writing(void)
{
	thread("writer", writer());
	thread("helper", helper());
}
