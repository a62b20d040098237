/* Always fails: what a campaign that finds nothing here has not been running. */
#include <raceproof.h>
#include <linux/compiler.h>

static int counter;

static void increment(void)
{
	int old = READ_ONCE(counter);

	WRITE_ONCE(counter, old + 1);
}

/* The assertion is wrong in every schedule. */
scenario canary(void)
{
	thread("left", increment());
	thread("right", increment());
	at_end(counter == 3);
}

/* A lost update: wrong in the schedules in which both read before one has written, about half of them. */
scenario lost_update(void)
{
	thread("left", increment());
	thread("right", increment());
	at_end(counter == 2);
}
