/* A failed trylock leaves nothing switched off: the task may sleep afterwards. */
// expect: none
#include <raceproof.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>

static DEFINE_SPINLOCK(lock);
static DEFINE_MUTEX(mutex);

static int counter;

static void count(void)
{
	int old = counter;

	counter = old + 1;
}

static void sleep(void)
{
	mutex_lock(&mutex);
	mutex_unlock(&mutex);
}

static void try_irqsave(void)
{
	unsigned long flags;

	if (spin_trylock_irqsave(&lock, flags)) {
		count();
		spin_unlock_irqrestore(&lock, flags);
	}
	sleep();
}

static void try_bh(void)
{
	if (spin_trylock_bh(&lock)) {
		count();
		spin_unlock_bh(&lock);
	}
	sleep();
}

scenario spin_trylocks(void)
{
	thread("irqsave", try_irqsave());
	thread("bh", try_bh());
	at_end(counter == 1 || counter == 2);
}
