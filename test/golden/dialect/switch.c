/* switch: fallthrough, default in the middle, ranges, nested, without a match, break and continue inside. */
#include "check.h"

enum colour { RED, GREEN = 5, BLUE };

static int pick(int x)
{
	int r = 0;

	switch (x) {
	case 1:
		r += 1;
		fallthrough;
	case 2:
		r += 10;
		break;
	default:
		r = 99;
		break;
	case 3 ... 6:
		r = 36;
		break;
	case -2:
		return -2;
	}
	return r;
}

static int none(int x)
{
	switch (x) {
	case 1:
		return 1;
	}
	return 0;
}

static int nested(int a, int b)
{
	switch (a) {
	case 0:
		switch (b) {
		case 0:
			return 1;
		case 1:
			break;
		}
		return 2;
	case 1: {
		int local = b * 2;

		return local;
	}
	}
	return 3;
}

static void run(void)
{
	int i, sum = 0;
	enum colour colour = BLUE;

	assert(pick(1) == 11 && pick(2) == 10 && pick(0) == 99 && pick(7) == 99);
	assert(pick(3) == 36 && pick(4) == 36 && pick(6) == 36 && pick(-2) == -2);
	assert(none(1) == 1 && none(2) == 0);
	assert(nested(0, 0) == 1 && nested(0, 1) == 2 && nested(1, 4) == 8 && nested(2, 0) == 3);
	for (i = 0; i < 4; i++) {
		switch (i) {
		case 1:
			continue;
		case 3:
			break;
		default:
			sum += 10;
		}
		sum += 1;
	}
	assert(sum == 23);
	switch (colour) {
	case RED:
	case GREEN:
		assert(0);
	case BLUE:
		sum = 1;
	}
	assert(sum == 1);
	switch (sum) {
		int hidden;
	case 1:
		hidden = 3;
		sum = hidden;
	}
	assert(sum == 3);
}
