/* A BUG_ON ends the run. */
// expect: bug
#include <raceproof.h>
#include <linux/bug.h>
#include <linux/compiler.h>

static int state;

static void claim(void)
{
	BUG_ON(READ_ONCE(state) == 1);
	WRITE_ONCE(state, 1);
	WRITE_ONCE(state, 0);
}

scenario bug(void)
{
	thread("left", claim());
	thread("right", claim());
}
