/* models/bench/two-task.c by hand, bit-sliced: each bit of the state is a vector of 128 lanes, a schedule in
 * each, as the lanes that raceproof makes of a model. No task waits but the closer for the readers, so that
 * of two tasks one can always step, and all schedules are done after 15 iterations. */
#include "program.h"

typedef u64 vector __attribute__((vector_size(16)));
typedef u32 words __attribute__((vector_size(16)));

#define LANES 128
#define ITERATIONS 15

static words a, b, c, d;

/* xoshiro128++ (Blackman, Vigna, 2019), four side by side. */
inlined vector draw(void)
{
	words sum = a + d, drawn = (sum << 7 | sum >> 25) + a, t = b << 9;

	c ^= a;
	d ^= b;
	b ^= c;
	a ^= d;
	c ^= t;
	d = d << 11 | d >> 21;
	return (vector)drawn;
}

inlined u64 population(vector v)
{
	return __builtin_popcountll(v[0]) + __builtin_popcountll(v[1]);
}

static void set_up_program(void)
{
}

static void run_lanes(struct sums *sums)
{
	const vector none = { 0, 0 }, all = ~none;
	vector look_up = all, read_pointer = none, check = none, clear = none, put = none, snapshot = none,
	       wait = none, last = none, closed = none;
	vector take = all, lock = none, read = none, hide = none, call = none, unlock = none, give = none,
	       gone = none;
	vector removed = none, published = all, reading = none, waits = none, freed = none, closers = none,
	       own = none, warned = none, called = none, skipped = none;

	for (int i = 0; i < ITERATIONS; i++) {
		vector able = ~(closed | (wait & waits & reading));
		vector closes = able & (draw() | gone), goes = ~(gone | closes);
		vector f1 = look_up & closes, f2 = read_pointer & closes, f3 = check & closes,
		       f4 = clear & closes, f5 = put & closes, f6 = snapshot & closes, f7 = wait & closes,
		       f8 = last & closes;
		vector g1 = take & goes, g2 = lock & goes, g3 = read & goes, g4 = hide & goes,
		       g5 = call & goes, g6 = unlock & goes, g7 = give & goes;
		vector finds = f1 & ~removed, skips = f1 & removed;

		skipped |= skips;
		closers |= f2 & published;
		warned |= f3 & ~closers;
		published &= ~((f4 & closers) | g4);
		waits |= f6 & reading;
		freed |= f8;
		look_up ^= f1;
		read_pointer = (read_pointer ^ f2) | finds;
		check = (check ^ f3) | f2;
		clear = (clear ^ f4) | f3;
		put = (put ^ f5) | f4;
		snapshot = (snapshot ^ f6) | f5 | skips;
		wait = (wait ^ f7) | f6;
		last = (last ^ f8) | f7;
		closed |= f8;

		removed |= g1;
		reading = (reading | g2) & ~g6;
		own |= g3 & published;
		called |= g5 & own & freed;
		take ^= g1;
		lock = (lock ^ g2) | g1;
		read = (read ^ g3) | g2;
		hide = (hide ^ g4) | g3;
		call = (call ^ g5) | g4;
		unlock = (unlock ^ g6) | g5;
		give = (give ^ g7) | g6;
		gone |= g7;
	}
	if (population(closed & gone) != LANES)
		abort();
	sums->schedules += LANES;
	sums->steps += LANES * ITERATIONS - 4 * population(skipped);
	sums->warn += population(warned | called);
	sums->warnings += population(warned) + population(called);
}

static void run_batch(u64 seed, u64 first, struct sums *sums)
{
	u64 state[8], counter = mix(mix(seed + GAMMA) + first * 0xd1342543de82ef95u);

	for (int i = 0; i < 8; i++)
		state[i] = mix(counter += GAMMA);
	__builtin_memcpy(&a, state, 16);
	__builtin_memcpy(&b, state + 2, 16);
	__builtin_memcpy(&c, state + 4, 16);
	__builtin_memcpy(&d, state + 6, 16);
	for (int i = 0; i < BATCH / LANES; i++)
		run_lanes(sums);
}
