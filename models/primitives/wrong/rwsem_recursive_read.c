/* A reader reads again while a writer waits: it waits behind the writer, which waits for it. */
// expect: deadlock
#include <raceproof.h>
#include <linux/rwsem.h>

static DECLARE_RWSEM(sem);

static int value;

static int inner(void)
{
	int seen;

	down_read(&sem);
	seen = value;
	up_read(&sem);
	return seen;
}

static void reader(void)
{
	down_read(&sem);
	inner();
	up_read(&sem);
}

static void writer(void)
{
	down_write(&sem);
	value = 1;
	up_write(&sem);
}

scenario rwsem_recursive_read(void)
{
	thread("reader", reader());
	thread("writer", writer());
}
