/* Two readers take two semaphores in opposite orders; with a writer queued on each that is a deadlock. */
// expect: deadlock
#include <raceproof.h>
#include <linux/rwsem.h>

static DECLARE_RWSEM(a);
static DECLARE_RWSEM(b);

static void reader(struct rw_semaphore *first, struct rw_semaphore *second)
{
	down_read(first);
	down_read(second);
	up_read(second);
	up_read(first);
}

static void writer(struct rw_semaphore *sem)
{
	down_write(sem);
	up_write(sem);
}

scenario rwsem_abba_of_readers(void)
{
	thread("a, b", reader(&a, &b));
	thread("b, a", reader(&b, &a));
	thread("writes a", writer(&a));
	thread("writes b", writer(&b));
}
