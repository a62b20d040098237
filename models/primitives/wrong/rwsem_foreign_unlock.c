/* A task gives back what another one holds. */
// expect: lock-misuse
#include <raceproof.h>
#include <linux/rwsem.h>

static DECLARE_RWSEM(sem);

static int taken;

static void taker(void)
{
	down_read(&sem);
	WRITE_ONCE(taken, 1);
	while (READ_ONCE(taken) == 1)
		break;
	up_read(&sem);
}

static void giver(void)
{
	if (READ_ONCE(taken))
		up_read(&sem);
}

scenario rwsem_foreign_unlock(void)
{
	thread("taker", taker());
	thread("giver", giver());
}
