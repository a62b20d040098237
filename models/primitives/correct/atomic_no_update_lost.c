/* Increments of every kind from two sides: none is lost. */
// expect: none
#include <raceproof.h>
#include <linux/atomic.h>

static atomic_t total;
static int cell;

static void add(void)
{
	int old = READ_ONCE(cell);

	atomic_inc(&total);
	while (!try_cmpxchg(&cell, &old, old + 1))
		;
	atomic_add_unless(&total, 1, -1);
}

scenario atomic_no_update_lost(void)
{
	thread("left", add());
	thread("right", add());
	at_end(atomic_read(&total) == 4 && cell == 2);
}
