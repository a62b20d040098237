/* refcount_sub_and_test() by two tasks that believe to have all of them. */
// expect: refcount
#include <raceproof.h>
#include <linux/refcount.h>

static refcount_t count = REFCOUNT_INIT(3);

static void put_all(void)
{
	(void)refcount_sub_and_test(2, &count);
}

scenario refcount_sub_underflow(void)
{
	thread("left", put_all());
	thread("right", put_all());
}
