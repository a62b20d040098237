/* downgrade_write() lets readers in and keeps writers out: what was written is still there. */
// expect: none
#include <raceproof.h>
#include <linux/rwsem.h>

static DECLARE_RWSEM(sem);

static int value;

static void writer(int mine)
{
	down_write(&sem);
	value = mine;
	downgrade_write(&sem);
	lockdep_assert_held_read(&sem);
	assert(value == mine);
	up_read(&sem);
}

scenario rwsem_downgrade(void)
{
	thread("one", writer(1));
	thread("two", writer(2));
	at_end(value);
}
