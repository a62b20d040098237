/* Peterson's lock with the first two stores exchanged: both get in. */
// expect: assertion
#include <raceproof.h>
#include <linux/compiler.h>

static int wants[2];
static int turn;
static int inside;

static void task(int me)
{
	int other = 1 - me;

	WRITE_ONCE(turn, other);
	WRITE_ONCE(wants[me], 1);
	if (!READ_ONCE(wants[other]) || READ_ONCE(turn) == me) {
		assert(!READ_ONCE(inside));
		WRITE_ONCE(inside, 1);
		WRITE_ONCE(inside, 0);
	}
	WRITE_ONCE(wants[me], 0);
}

scenario peterson_broken(void)
{
	thread("left", task(0));
	thread("right", task(1));
}
