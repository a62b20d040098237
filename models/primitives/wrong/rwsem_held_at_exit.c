/* One way out forgets up_read(). */
// expect: lock-misuse
#include <raceproof.h>
#include <linux/rwsem.h>

static DECLARE_RWSEM(sem);

static int ready;

static void reader(void)
{
	down_read(&sem);
	if (!READ_ONCE(ready))
		return;
	up_read(&sem);
}

scenario rwsem_held_at_exit(void)
{
	thread("reader", reader());
	thread("setter", WRITE_ONCE(ready, 1));
}
