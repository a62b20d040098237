/* test_and_set_bit_lock() lets one in until clear_bit_unlock(). */
// expect: none
#include <raceproof.h>
#include <linux/bitops.h>

static unsigned long flags;
static int inside;

static void enter(void)
{
	if (test_and_set_bit_lock(0, &flags))
		return;
	WRITE_ONCE(inside, inside + 1);
	assert(READ_ONCE(inside) == 1);
	WRITE_ONCE(inside, 0);
	clear_bit_unlock(0, &flags);
}

scenario bit_lock(void)
{
	thread("left", enter());
	thread("right", enter());
	at_end(flags == 0);
}
