/* What the hand-written contenders of the bench have in common: the numbers that they draw, which are those
 * of the engine (SplitMix64, see assembly/core/prng.ts), their clock, and what they print: schedules, steps,
 * seconds, schedules with a WARN, schedules with a use-after-free, WARNs. The including file defines
 * set_up_program(), and run_batch(), which runs BATCH schedules from a number on. */
#ifndef BENCH_NATIVE_PROGRAM_H
#define BENCH_NATIVE_PROGRAM_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#ifdef __BMI2__
#include <immintrin.h>
#endif

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#define inlined static inline __attribute__((always_inline))

#define BATCH 4096

#define GAMMA 0x9e3779b97f4a7c15u

inlined u64 mix(u64 z)
{
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

/* The k-th member, from 0, of a set of slots. */
inlined u32 select_slot(u32 set, u32 k)
{
#ifdef __BMI2__
	return __builtin_ctz(_pdep_u32(1u << k, set));
#else
	while (k--)
		set &= set - 1;
	return __builtin_ctz(set);
#endif
}

struct sums {
	u64 schedules, steps, warn, use_after_free, warnings;
};

static void set_up_program(void);
static void run_batch(u64 seed, u64 first, struct sums *sums);

/* ------------------------------------------------------------------ the program */

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec * 1e-9;
}

/* Whole batches until SECONDS have passed; then the sums. With a third argument: that many batches. */
int main(int argc, char **argv)
{
	struct sums sums = { 0 };
	double begin, seconds;
	u64 seed, batches = 0;

	if (argc != 3 && argc != 4) {
		fprintf(stderr, "usage: %s SEED SECONDS [BATCHES]\n", argv[0]);
		return 2;
	}
	seed = strtoull(argv[1], NULL, 0);
	seconds = strtod(argv[2], NULL);
	if (argc == 4)
		batches = strtoull(argv[3], NULL, 0);
	set_up_program();
	begin = now();
	do {
		run_batch(seed, sums.schedules, &sums);
	} while (batches ? sums.schedules < batches * BATCH : now() - begin < seconds);
	printf("%llu %llu %.6f %llu %llu %llu\n", (unsigned long long)sums.schedules,
	       (unsigned long long)sums.steps, now() - begin, (unsigned long long)sums.warn,
	       (unsigned long long)sums.use_after_free,
	       (unsigned long long)sums.warnings);
	return 0;
}

#endif
