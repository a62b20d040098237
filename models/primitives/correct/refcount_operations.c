/* What each operation on a refcount leaves and gives back, in right use. */
// expect: none
#include <raceproof.h>
#include <linux/refcount.h>

static void values(void)
{
	refcount_t count = REFCOUNT_INIT(1);
	DEFINE_MUTEX(lock);
	DEFINE_SPINLOCK(spin);
	unsigned long flags;

	refcount_inc(&count);
	refcount_add(3, &count);
	assert(refcount_read(&count) == 5);
	assert(refcount_inc_not_zero(&count) && refcount_add_not_zero(2, &count));
	assert(!refcount_sub_and_test(5, &count) && !refcount_dec_and_test(&count));
	assert(refcount_read(&count) == 2);
	refcount_dec(&count);
	assert(!refcount_dec_not_one(&count));
	assert(refcount_dec_if_one(&count) && !refcount_dec_if_one(&count));
	assert(!refcount_inc_not_zero(&count) && !refcount_add_not_zero(1, &count));
	refcount_set(&count, 4);
	assert(refcount_dec_not_one(&count) && refcount_sub_and_test(3, &count));
	refcount_set(&count, 2);
	assert(!refcount_dec_and_mutex_lock(&count, &lock) && refcount_dec_and_mutex_lock(&count, &lock));
	mutex_unlock(&lock);
	refcount_set(&count, 2);
	assert(!refcount_dec_and_lock(&count, &spin) && refcount_dec_and_lock(&count, &spin));
	spin_unlock(&spin);
	refcount_set(&count, 1);
	assert(refcount_dec_and_lock_irqsave(&count, &spin, &flags));
	spin_unlock_irqrestore(&spin, flags);
}

scenario refcount_operations(void)
{
	thread("one", values());
}
