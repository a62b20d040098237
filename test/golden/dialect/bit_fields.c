/* Bit-fields have a cell each and keep their width. */
#include "check.h"

struct flags {
	unsigned int low : 3;
	int small : 4;
	bool set : 1;
	unsigned int rest : 28;
};

static void run(void)
{
	struct flags f = { .low = 7, .set = true };

	f.low += 2;
	assert(f.low == 1 && f.set);
	f.small = 9;
	assert(f.small == -7);
	f.rest = 0x12345678;
	assert(f.rest == 0x2345678);
}
