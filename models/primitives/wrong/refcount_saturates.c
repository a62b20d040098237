/* A count that would overflow saturates and says so. */
// expect: refcount
#include <raceproof.h>
#include <linux/refcount.h>

static refcount_t count = REFCOUNT_INIT(REFCOUNT_MAX - 1);

scenario refcount_saturates(void)
{
	thread("left", refcount_add(1, &count));
	thread("right", refcount_add(1, &count));
}
