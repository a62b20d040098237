/* __set_bit() reads and writes the word: beside set_bit() on another bit of it one of the two is lost. */
// expect: assertion
#include <raceproof.h>
#include <linux/bitops.h>

static unsigned long flags;

scenario bit_not_atomic(void)
{
	thread("left", __set_bit(0, &flags));
	thread("right", set_bit(1, &flags));
	at_end(flags == 3);
}
