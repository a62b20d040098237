/* QRCU: SRCU with one pair of counters for all CPUs, so that an updater which finds no reader need not
 * wait. By Oleg Nesterov; the short cut and its proof by exhaustion are McKenney's (Using Promela and Spin
 * to verify parallel algorithms, LWN, 2007; Is parallel programming hard, and, if so, what can you do
 * about it?, the chapter on formal verification). In our own words after the description there; a model
 * defines what it leaves out:
 *
 *   QRCU_CHECKED_ONCE   the short cut is taken after one look at the counters
 *   QRCU_NO_MUTEX       updaters do not take turns
 *   QRCU_NO_WAIT        the updater flips the index, and does not wait for the readers that it left
 *
 * A counter is 1 while new readers count there. progress has two bits a reader: 1 it is inside, 2 it has
 * left; both are one word, so that an updater sees all readers at one moment, as the published model does. */
#include <raceproof.h>
#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/mutex.h>

static int idx;
static atomic_t ctr[2] = { ATOMIC_INIT(1), ATOMIC_INIT(0) };
static DEFINE_MUTEX(mutex);
static atomic_t progress;

#define INSIDE(me) (1 << (2 * (me)))
#define ALL_INSIDE 0x55

static void reader(int me)
{
	int i, n;

	do {
		i = READ_ONCE(idx);
		n = atomic_read(&ctr[i]);
	} while (!n || atomic_cmpxchg(&ctr[i], n, n + 1) != n);
	atomic_add(INSIDE(me), &progress);
	atomic_add(INSIDE(me), &progress);
	atomic_dec(&ctr[i]);
}

/* Two looks, in either order: a flip between them may be missed, or seen twice. */
static int sum_unordered(void)
{
	int first = choose(2);
	int sum = atomic_read(&ctr[first]);

	return sum + atomic_read(&ctr[!first]);
}

static void wait_for_readers(void)
{
	int i;

#ifndef QRCU_NO_MUTEX
	mutex_lock(&mutex);
#endif
	i = READ_ONCE(idx);
	atomic_inc(&ctr[!i]);
	WRITE_ONCE(idx, !i);
	atomic_dec(&ctr[i]);
#ifndef QRCU_NO_WAIT
	while (atomic_read(&ctr[i]) > 0)
		;
#endif
#ifndef QRCU_NO_MUTEX
	mutex_unlock(&mutex);
#endif
}

static void synchronize_qrcu(void)
{
	int sum = sum_unordered();

#ifndef QRCU_CHECKED_ONCE
	if (sum <= 1)
		sum = sum_unordered();
#endif
	if (sum > 1)
		wait_for_readers();
}

/* Nobody who was inside before is inside after. */
static void updater(int times)
{
	while (times--) {
		int before = atomic_read(&progress);

		synchronize_qrcu();
		assert(!(before & atomic_read(&progress) & ALL_INSIDE));
	}
}

scenario one_updater_one_reader(void)
{
	thread("updater", updater(1));
	thread("reader", reader(0));
}

scenario one_updater_two_readers(void)
{
	thread("updater", updater(1));
	thread("reader", reader(0));
	thread("reader 2", reader(1));
}

scenario two_updaters_one_reader(void)
{
	thread("updater", updater(1));
	thread("updater 2", updater(1));
	thread("reader", reader(0));
}

scenario two_updates_one_reader(void)
{
	thread("updater", updater(2));
	thread("reader", reader(0));
}
