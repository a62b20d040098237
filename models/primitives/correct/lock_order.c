/* Two locks taken in the same order by both; the increments under them are not lost. */
// expect: none
#include <raceproof.h>
#include <linux/mutex.h>

static DEFINE_MUTEX(a);
static DEFINE_MUTEX(b);
static int counter;

static void increment(void)
{
	mutex_lock(&a);
	mutex_lock(&b);
	counter++;
	mutex_unlock(&b);
	mutex_unlock(&a);
}

scenario lock_order(void)
{
	thread("left", increment());
	thread("right", increment());
	at_end(counter == 2);
}
