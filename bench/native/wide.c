/* models/bench/wide.c by hand: the very same runs as the engine's. */
#include "program.h"

enum { TASKS = 8, COUNTERS = 4, STEPS = 25 };

static void set_up_program(void)
{
}

static void run(u64 seed, u64 schedule, struct sums *sums)
{
	u8 counters[COUNTERS] = { 0 }, loaded[TASKS] = { 0 }, pc[TASKS] = { 0 };
	u32 runnable = (1u << TASKS) - 1, warnings = 0;
	u64 counter = mix(mix(seed + GAMMA) + schedule * 0xd1342543de82ef95u);
	u64 drawn = mix(counter), steps = 0;

	while (runnable) {
		u32 slot = select_slot(runnable, (drawn >> 32) * __builtin_popcount(runnable) >> 32);

		counter += GAMMA;
		drawn = mix(counter);
		steps++;
		switch (pc[slot]++) {
#define COUNT(n, which)							\
		case 2 * (n):						\
			loaded[slot] = counters[which];			\
			break;						\
		case 2 * (n) + 1:					\
			counters[which] = (loaded[slot] + 1) & 7;	\
			break;
		COUNT(0, 0)
		COUNT(1, 1)
		COUNT(2, 2)
		COUNT(3, 3)
		COUNT(4, 0)
		COUNT(5, 1)
		COUNT(6, 2)
		COUNT(7, 3)
		COUNT(8, 0)
		COUNT(9, 1)
		COUNT(10, 2)
		COUNT(11, 0)
		case STEPS - 1:
			warnings += counters[3] == 7;
			runnable &= ~(1u << slot);
			break;
		}
	}
	sums->schedules++;
	sums->steps += steps;
	sums->warn += warnings != 0;
	sums->warnings += warnings;
}

static void run_batch(u64 seed, u64 first, struct sums *sums)
{
	for (int i = 0; i < BATCH; i++)
		run(seed, first + i, sums);
}
