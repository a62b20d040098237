/* A writer is alone, and readers share: they see no half of a change, in every form that takes the lock. */
// expect: none
#include <raceproof.h>
#include <linux/spinlock.h>

static DEFINE_RWLOCK(lock);
static int a, b, missed;

static void write(void)
{
	unsigned long flags;

	write_lock_irqsave(&lock, flags);
	a++;
	b++;
	write_unlock_irqrestore(&lock, flags);
}

static void try_write(void)
{
	unsigned long flags;

	if (!write_trylock_irqsave(&lock, flags)) {
		missed++;
		return;
	}
	a++;
	b++;
	write_unlock_irqrestore(&lock, flags);
}

static void read(void)
{
	read_lock_bh(&lock);
	assert(a == b);
	read_unlock_bh(&lock);
	if (!read_trylock(&lock))
		return;
	assert(a == b);
	read_unlock(&lock);
}

scenario rwlock_excludes(void)
{
	thread("write", write());
	thread("try to write", try_write());
	thread("read", read());
	at_end(a + missed == 2);
}
