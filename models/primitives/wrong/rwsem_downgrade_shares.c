/* After downgrade_write() a reader gets in while the former writer still holds it. */
// expect: assertion
#include <raceproof.h>
#include <linux/rwsem.h>

static DECLARE_RWSEM(sem);

static int inside, met;

static void writer(void)
{
	down_write(&sem);
	WRITE_ONCE(inside, 1);
	downgrade_write(&sem);
	WRITE_ONCE(inside, 2);
	WRITE_ONCE(inside, 0);
	up_read(&sem);
}

static void reader(void)
{
	down_read(&sem);
	assert(READ_ONCE(inside) != 2);
	up_read(&sem);
}

scenario rwsem_downgrade_shares(void)
{
	thread("writer", writer());
	thread("reader", reader());
}
