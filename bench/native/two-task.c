/* models/bench/two-task.c by hand: the very same runs as the engine's. */
#include "program.h"

enum { CLOSE, OFFLINE };

/* The steps of the closer, then those of going offline. */
enum pc {
	LOOK_UP, READ_POINTER, CHECK, CLEAR, PUT, SNAPSHOT, WAIT, FREE,
	REMOVE, LOCK, READ, HIDE, CALL, UNLOCK, PUT_GROUP,
};

static void set_up_program(void)
{
}

#define GO(next) { pc[slot] = (next); continue; }

static void run(u64 seed, u64 schedule, struct sums *sums)
{
	bool removed = false, published = true, reading = false, waits = false, freed = false;
	bool closers = false, own = false;
	enum pc pc[2] = { LOOK_UP, REMOVE };
	u32 runnable = 1 << CLOSE | 1 << OFFLINE, warnings = 0;
	u64 counter = mix(mix(seed + GAMMA) + schedule * 0xd1342543de82ef95u);
	u64 drawn = mix(counter), steps = 0;

	while (runnable) {
		u32 slot = select_slot(runnable, (drawn >> 32) * __builtin_popcount(runnable) >> 32);

		counter += GAMMA;
		drawn = mix(counter);
		steps++;
		switch (pc[slot]) {
		case LOOK_UP:
			GO(removed ? SNAPSHOT : READ_POINTER);
		case READ_POINTER:
			closers = published;
			GO(CHECK);
		case CHECK:
			warnings += !closers;
			GO(CLEAR);
		case CLEAR:
			published = published && !closers;
			GO(PUT);
		case PUT:
			GO(SNAPSHOT);
		case SNAPSHOT:
			waits = reading;
			if (waits)
				runnable &= ~(1u << CLOSE);
			GO(WAIT);
		case WAIT:
			GO(FREE);
		case FREE:
			freed = true;
			runnable &= ~(1u << CLOSE);
			continue;
		case REMOVE:
			removed = true;
			GO(LOCK);
		case LOCK:
			reading = true;
			GO(READ);
		case READ:
			own = published;
			GO(HIDE);
		case HIDE:
			published = false;
			GO(CALL);
		case CALL:
			warnings += own && freed;
			GO(UNLOCK);
		case UNLOCK:
			reading = false;
			if (waits)
				runnable |= 1u << CLOSE;
			waits = false;
			GO(PUT_GROUP);
		case PUT_GROUP:
			runnable &= ~(1u << OFFLINE);
			continue;
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
