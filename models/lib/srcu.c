/* SRCU as an algorithm, in place of the abstract domain: on each of two ranks, per-CPU counters of locks
 * and of unlocks, and an index that says on which rank new readers count. <linux/srcu.h> includes this
 * where RACEPROOF_SRCU_ALGORITHM is defined. In our own words after the kernel's kernel/rcu/srcutree.c,
 * whose tree only spreads the work of updaters; the steps r1..r5, p1..p3 and the barriers A..E are those
 * of docs/MODELS.md. What each part is for, models/srcu/ shows by leaving it out: SRCU_NO_FLIP and the
 * like.
 *
 * Not modelled: call_srcu(); grace periods shared by several updaters (they take turns here); on which CPU
 * a task is (each count goes to any CPU, as after a migration). The kernel's updater looks again after a
 * delay; here it looks again when a reader has left, which is when it can see something new. So a reader
 * that leaves touches the domain once more than in the kernel: one that is freed right after a grace
 * period, with its object, would be reported as used after free. */

#include <raceproof.h>
#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/mutex.h>
#include <linux/types.h>

#define SRCU_CPUS 2
#ifdef SRCU_ONE_RANK
#define SRCU_RANK(idx) 0
#else
#define SRCU_RANK(idx) ((idx) & 1)
#endif

struct srcu_struct {
	unsigned int idx;
	atomic_long_t locks[SRCU_CPUS][2];
	atomic_long_t unlocks[SRCU_CPUS][2];
	struct mutex gp_mutex;
	/* Counts the readers that left. */
	struct completion left;
};

#define __SRCU_INIT { .idx = 0 }
/* The counters do not say whose section it is. */
#define srcu_read_lock_held(ssp) 1

static inline int init_srcu_struct(struct srcu_struct *ssp)
{
	mutex_init(&ssp->gp_mutex);
	init_completion(&ssp->left);
	return 0;
}

/* The counts are this_cpu_inc(): one step that no other task of the CPU divides. */
static inline int srcu_read_lock(struct srcu_struct *ssp)
{
	int rank = SRCU_RANK(READ_ONCE(ssp->idx));			/* r1 */
	int cpu = choose(SRCU_CPUS);

	atomic_long_inc(&ssp->locks[cpu][rank]);			/* r2 */
	smp_mb();							/* r3: B */
	return rank;
}

static inline void srcu_read_unlock(struct srcu_struct *ssp, int rank)
{
	int cpu = choose(SRCU_CPUS);

	smp_mb();							/* r4: C */
	atomic_long_inc(&ssp->unlocks[cpu][rank]);			/* r5 */
	complete(&ssp->left);
}

static inline long __srcu_locks(struct srcu_struct *ssp, int rank)
{
	long sum = 0;
	int cpu;

	for (cpu = 0; cpu < SRCU_CPUS; cpu++)
		sum += atomic_long_read(&ssp->locks[cpu][rank]);
	return sum;
}

static inline long __srcu_unlocks(struct srcu_struct *ssp, int rank)
{
	long sum = 0;
	int cpu;

	for (cpu = 0; cpu < SRCU_CPUS; cpu++)
		sum += atomic_long_read(&ssp->unlocks[cpu][rank]);
	return sum;
}

/* Unlocks first: a reader whose unlock is counted has its lock counted as well. Equal sums mean that at
 * the moment between the two nobody was inside. */
static inline bool __srcu_no_readers(struct srcu_struct *ssp, int rank)
{
	long locks, unlocks;

#ifdef SRCU_UNLOCKS_LAST
	locks = __srcu_locks(ssp, rank);
	smp_mb();
	unlocks = __srcu_unlocks(ssp, rank);
#else
	unlocks = __srcu_unlocks(ssp, rank);
	smp_mb();							/* A */
	locks = __srcu_locks(ssp, rank);
#endif
	return locks == unlocks;
}

static inline void __srcu_wait_for(struct srcu_struct *ssp, int rank)
{
	while (!__srcu_no_readers(ssp, rank))
		wait_for_completion(&ssp->left);
}

static inline void synchronize_srcu(struct srcu_struct *ssp)
{
	int rank;

	mutex_lock(&ssp->gp_mutex);
	rank = SRCU_RANK(READ_ONCE(ssp->idx));
#ifndef SRCU_NO_FIRST_WAIT
	__srcu_wait_for(ssp, SRCU_RANK(rank + 1));			/* p1 */
#endif
#ifndef SRCU_NO_FLIP
	smp_mb();							/* p2: E */
	WRITE_ONCE(ssp->idx, rank + 1);
	smp_mb();							/* p2: D */
#endif
#ifndef SRCU_NO_SECOND_WAIT
	__srcu_wait_for(ssp, rank);					/* p3 */
#endif
	mutex_unlock(&ssp->gp_mutex);
}

/* Warns where a reader is still inside, as the kernel does. */
static inline void cleanup_srcu_struct(struct srcu_struct *ssp)
{
	WARN_ON(!__srcu_no_readers(ssp, 0) || !__srcu_no_readers(ssp, 1));
}
