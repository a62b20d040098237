/* A helper takes the spinlock that its caller holds already. */
// expect: lock-misuse
#include <raceproof.h>
#include <linux/spinlock.h>

static DEFINE_SPINLOCK(lock);

static void helper(void)
{
	spin_lock(&lock);
	spin_unlock(&lock);
}

static void caller(void)
{
	unsigned long flags;

	spin_lock_irqsave(&lock, flags);
	helper();
	spin_unlock_irqrestore(&lock, flags);
}

scenario spin_double_lock(void)
{
	thread("caller", caller());
	thread("helper", helper());
}
