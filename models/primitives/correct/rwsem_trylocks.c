/* down_read_trylock() shares with readers and not with a writer; down_write_trylock() with nobody. */
// expect: none
#include <raceproof.h>
#include <linux/rwsem.h>

static DECLARE_RWSEM(sem);

static int a, b;

static void writer(void)
{
	if (!down_write_trylock(&sem))
		return;
	a++;
	b++;
	up_write(&sem);
}

static void reader(void)
{
	if (!down_read_trylock(&sem))
		return;
	assert(a == b);
	up_read(&sem);
}

static void sleeper(void)
{
	assert(down_write_killable(&sem) == 0);
	a++;
	b++;
	up_write(&sem);
	assert(down_read_interruptible(&sem) == 0);
	assert(a == b);
	up_read(&sem);
}

scenario rwsem_trylocks(void)
{
	thread("writer", writer());
	thread("reader", reader());
	thread("sleeper", sleeper());
	at_end(!rwsem_is_locked(&sem) && !rwsem_is_contended(&sem));
}
