/* The smallest race of its kind: its speed is measured (npm run bench), its probabilities are known. A
 * closer looks its group up, or finds it gone and skips to the grace period; it checks that the pointer is
 * still its own and clears it, gives its reference back, waits for the readers that are inside and frees.
 * Meanwhile the group goes offline: it is taken away, and what the pointer leads to is called inside a
 * read-side section. Fifteen steps at most. Of random schedules 1/32 show the WARN of the check and 13/128
 * a call of what was freed, which is a WARN here too, so that every schedule goes on to its end. */
#include <raceproof.h>
#include <linux/srcu.h>

DEFINE_STATIC_SRCU(readers);

static bool removed, published, freed;

static void closer(void)
{
	bool own;

	if (!READ_ONCE(removed)) {		/* look-up */
		own = READ_ONCE(published);	/* read the pointer */
		smp_rmb();
		WARN_ON(!own);			/* check */
		if (own)			/* clear: a step even where it writes nothing */
			WRITE_ONCE(published, false);
		else
			smp_wmb();
		smp_mb();			/* put */
	}
	synchronize_srcu(&readers);		/* which readers are inside; wait for them */
	WRITE_ONCE(freed, true);
}

static void offline(void)
{
	bool own;
	int idx;

	WRITE_ONCE(removed, true);
	idx = srcu_read_lock(&readers);
	own = READ_ONCE(published);
	WRITE_ONCE(published, false);
	WARN_ON(READ_ONCE(freed) && own);	/* call */
	srcu_read_unlock(&readers, idx);
	smp_mb();				/* put */
}

scenario two_task(void)
{
	published = true;
	thread("close", closer());
	thread("offline", offline());
}
