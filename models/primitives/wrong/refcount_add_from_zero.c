/* refcount_add() on a count that may have come to 0. */
// expect: refcount
#include <raceproof.h>
#include <linux/refcount.h>

static refcount_t count = REFCOUNT_INIT(1);

static void put(void)
{
	(void)refcount_dec_and_test(&count);
}

static void add(void)
{
	refcount_add(2, &count);
}

scenario refcount_add_from_zero(void)
{
	thread("put", put());
	thread("add", add());
}
