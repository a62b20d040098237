/* Both put a reference that only one of them has. */
// expect: refcount
#include <raceproof.h>
#include <linux/refcount.h>

static refcount_t refs = REFCOUNT_INIT(1);

static void put(void)
{
	refcount_dec_and_test(&refs);
}

scenario refcount_underflow(void)
{
	thread("left", put());
	thread("right", put());
}
