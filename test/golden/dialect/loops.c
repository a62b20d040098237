/* for, while, do; break and continue; nested; an empty condition. */
#include "check.h"

static void run(void)
{
	int i, j, sum = 0;

	for (i = 0; i < 5; i++)
		sum += i;
	assert(sum == 10 && i == 5);
	while (i > 0) {
		i--;
		if (i == 3)
			continue;
		if (i == 1)
			break;
		sum += 100;
	}
	assert(sum == 210 && i == 1);
	do {
		sum++;
	} while (sum < 215);
	assert(sum == 215);
	do
		sum = 0;
	while (0);
	assert(sum == 0);
	do {
		if (sum == 0)
			continue;
		sum = 99;
	} while (sum++ < 1);
	assert(sum == 100);
	for (int a = 0, b = 10; a < b; a++, b--)
		sum = a * 100 + b;
	assert(sum == 406);
	sum = 0;
	for (i = 0; i < 3; i++)
		for (j = 0; j < 3; j++) {
			if (j == 2)
				break;
			if (i == 1)
				continue;
			sum += 10 * i + j;
		}
	assert(sum == 42);
	for (;;) {
		if (++sum == 50)
			break;
	}
	assert(sum == 50);
	while (1)
		if (sum-- < 45)
			break;
	assert(sum == 43);
}
