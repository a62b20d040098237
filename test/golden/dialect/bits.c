/* Atomic bit operations on words of 32 bits, and the plain ones. */
#include "check.h"
#include <linux/bitops.h>

static unsigned long flags;
static DECLARE_BITMAP(map, 64);

static void run(void)
{
	set_bit(3, &flags);
	assert(flags == 8 && test_bit(3, &flags) && !test_bit(2, &flags));
	assert(test_and_set_bit(3, &flags) && !test_and_set_bit(0, &flags) && flags == 9);
	clear_bit(3, &flags);
	assert(flags == BIT(0) && test_and_clear_bit(0, &flags) && !test_and_clear_bit(0, &flags));
	__set_bit(1, &flags);
	change_bit(2, &flags);
	assert(flags == 6);
	set_bit(31, map);
	assert(test_bit(31, map) && map[0] == 0x80000000);
}
