/* What each bit operation leaves and gives back, in the second word too. */
// expect: none
#include <raceproof.h>
#include <linux/bitops.h>

static void values(void)
{
	DECLARE_BITMAP(map, 64) = { 0 };

	set_bit(3, map);
	set_bit(40, map);
	assert(test_bit(3, map) && test_bit(40, map) && !test_bit(8, map));
	clear_bit(3, map);
	change_bit(4, map);
	assert(!test_bit(3, map) && test_bit(4, map));
	assert(test_and_set_bit(4, map) && !test_and_set_bit(5, map));
	assert(test_and_clear_bit(40, map) && !test_and_clear_bit(40, map));
	assert(!test_and_change_bit(41, map) && test_and_change_bit(41, map));
	assert(!test_and_set_bit_lock(0, map));
	clear_bit_unlock(0, map);
	assert(!__test_and_set_bit(1, map) && __test_and_clear_bit(1, map));
	__set_bit(2, map);
	__change_bit(2, map);
	assign_bit(6, map, true);
	assert(map[0] == (BIT(4) | BIT(5) | BIT(6)) && map[1] == 0);
	assert(set_mask_bits(&map[0], BIT(4) | BIT(5), BIT(0)) == (BIT(4) | BIT(5) | BIT(6)));
	assert(map[0] == (BIT(0) | BIT(6)));
}

scenario bit_operations(void)
{
	thread("one", values());
	thread("two", values());
}
