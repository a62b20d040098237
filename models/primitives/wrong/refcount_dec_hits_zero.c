/* refcount_dec() must not be the last one: nobody is told to free. */
// expect: refcount
#include <raceproof.h>
#include <linux/refcount.h>

static refcount_t count = REFCOUNT_INIT(2);

scenario refcount_dec_hits_zero(void)
{
	thread("left", refcount_dec(&count));
	thread("right", refcount_dec(&count));
}
