/* A reader of RCU must not wait, also not for callbacks. */
// expect: lock-misuse
#include <raceproof.h>
#include <linux/rcupdate.h>

static void read(void)
{
	rcu_read_lock();
	rcu_barrier();
	rcu_read_unlock();
}

scenario rcu_barrier_in_reader(void)
{
	thread("read", read());
}
