/* atomic_read() and atomic_set() one after the other are not atomic. */
// expect: assertion
#include <raceproof.h>
#include <linux/atomic.h>

static atomic_t total;

static void add(void)
{
	atomic_set(&total, atomic_read(&total) + 1);
}

scenario atomic_read_then_set(void)
{
	thread("left", add());
	thread("right", add());
	at_end(atomic_read(&total) == 2);
}
