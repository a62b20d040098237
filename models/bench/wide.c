/* A wide model, whose speed is measured (npm run bench): eight tasks of 25 steps count four counters of
 * three bits up, each by a load and a store, so that some counts are lost. A task that finds one at its
 * highest value warns. */
#include <raceproof.h>
#include <linux/bug.h>
#include <linux/compiler.h>

static unsigned int a, b, c, d;

#define COUNT(x) WRITE_ONCE(x, (READ_ONCE(x) + 1) & 7)

static void worker(void)
{
	COUNT(a);
	COUNT(b);
	COUNT(c);
	COUNT(d);
	COUNT(a);
	COUNT(b);
	COUNT(c);
	COUNT(d);
	COUNT(a);
	COUNT(b);
	COUNT(c);
	COUNT(a);
	WARN_ON(READ_ONCE(d) == 7);
}

scenario wide(void)
{
	thread("one", worker());
	thread("two", worker());
	thread("three", worker());
	thread("four", worker());
	thread("five", worker());
	thread("six", worker());
	thread("seven", worker());
	thread("eight", worker());
}
