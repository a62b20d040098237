/* Reading again is fine as long as nobody writes: readers do not wait for readers. */
// expect: none
#include <raceproof.h>
#include <linux/rwsem.h>

static DECLARE_RWSEM(sem);

static void reader(void)
{
	down_read(&sem);
	down_read(&sem);
	up_read(&sem);
	up_read(&sem);
}

scenario rwsem_recursive_read_alone(void)
{
	thread("reader", reader());
	thread("reader too", reader());
}
