/* lockdep_assert_held_write() is not content with a reader. */
// expect: assertion
#include <raceproof.h>
#include <linux/rwsem.h>

static DECLARE_RWSEM(sem);

static int value;

static void change(void)
{
	lockdep_assert_held_write(&sem);
	value++;
}

static void task(bool reads)
{
	if (reads) {
		down_read(&sem);
		change();
		up_read(&sem);
	} else {
		down_write(&sem);
		change();
		up_write(&sem);
	}
}

scenario rwsem_write_assert(void)
{
	thread("reader", task(true));
	thread("writer", task(false));
}
