/* DEFINE_GUARD() in the code under test makes a guard of any pair of expressions. */
// expect: none
#include <raceproof.h>
#include <linux/atomic.h>
#include <linux/cleanup.h>
#include <linux/mutex.h>

struct gate {
	struct mutex lock;
	atomic_t users;
};

DEFINE_GUARD(gate, struct gate *, (mutex_lock(&_T->lock), atomic_inc(&_T->users)),
	     (atomic_dec(&_T->users), mutex_unlock(&_T->lock)))

static struct gate gate;

static void enter(void)
{
	guard(gate)(&gate);
	assert(atomic_read(&gate.users) == 1);
}

scenario guard_of_a_model(void)
{
	thread("left", enter());
	thread("right", enter());
	at_end(atomic_read(&gate.users) == 0);
}
