/* Under sequential consistency at least one of the two sees the other's store. */
// expect: none
#include <raceproof.h>
#include <linux/compiler.h>

static int x, y;
static int seen_x, seen_y;

static void left(void)
{
	WRITE_ONCE(x, 1);
	seen_y = READ_ONCE(y);
}

static void right(void)
{
	WRITE_ONCE(y, 1);
	seen_x = READ_ONCE(x);
}

scenario store_buffering(void)
{
	thread("left", left());
	thread("right", right());
	at_end(seen_x || seen_y);
}
