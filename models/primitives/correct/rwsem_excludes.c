/* A writer is alone: readers see no half of its change, and no change of two writers is lost. */
// expect: none
#include <raceproof.h>
#include <linux/rwsem.h>

static DECLARE_RWSEM(sem);

static int a, b;

static void writer(void)
{
	down_write(&sem);
	a++;
	b++;
	up_write(&sem);
}

static void reader(void)
{
	down_read(&sem);
	assert(a == b);
	up_read(&sem);
}

scenario rwsem_excludes(void)
{
	thread("writer", writer());
	thread("writer too", writer());
	thread("reader", reader());
	at_end(a == 2 && b == 2);
}
