/* Every form of a spinlock excludes every other, and gives back what it switched off. */
// expect: none
#include <raceproof.h>
#include <linux/spinlock.h>

static DEFINE_SPINLOCK(lock);

static int counter;

static void count(void)
{
	int old = counter;

	counter = old + 1;
}

static void bottom_half(void)
{
	spin_lock_bh(&lock);
	count();
	spin_unlock_bh(&lock);
}

static void saved(void)
{
	unsigned long flags;

	spin_lock_irqsave(&lock, flags);
	count();
	spin_unlock_irqrestore(&lock, flags);
}

static void nested(void)
{
	unsigned long outer, inner;

	local_irq_save(outer);
	raw_spin_lock_irqsave(&lock, inner);
	count();
	raw_spin_unlock_irqrestore(&lock, inner);
	local_irq_restore(outer);
}

scenario spin_contexts(void)
{
	thread("bh", bottom_half());
	thread("irqsave", saved());
	thread("nested", nested());
	at_end(counter == 3);
}
