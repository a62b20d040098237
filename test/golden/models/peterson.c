/* Peterson's lock for two; each tries once to get in without waiting and gives up otherwise, so that
 * there is no loop: G. L. Peterson, Myths about the mutual exclusion problem, 1981. */
// expect: none
#include <raceproof.h>
#include <linux/compiler.h>

static int wants[2];
static int turn;
static int inside;

static void task(int me)
{
	int other = 1 - me;

	WRITE_ONCE(wants[me], 1);
	WRITE_ONCE(turn, other);
	if (!READ_ONCE(wants[other]) || READ_ONCE(turn) == me) {
		assert(!READ_ONCE(inside));
		WRITE_ONCE(inside, 1);
		WRITE_ONCE(inside, 0);
	}
	WRITE_ONCE(wants[me], 0);
}

scenario peterson(void)
{
	thread("left", task(0));
	thread("right", task(1));
}
