/* Two readers meet inside: each waits there for the other. */
// expect: none
#include <raceproof.h>
#include <linux/completion.h>
#include <linux/rwsem.h>

static DECLARE_RWSEM(sem);

static DECLARE_COMPLETION(first);
static DECLARE_COMPLETION(second);

static void reader(struct completion *mine, struct completion *other)
{
	down_read(&sem);
	complete(mine);
	wait_for_completion(other);
	up_read(&sem);
}

scenario rwsem_readers_share(void)
{
	thread("first", reader(&first, &second));
	thread("second", reader(&second, &first));
}
