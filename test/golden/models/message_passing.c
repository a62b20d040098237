/* Data first, then the flag with release; the flag with acquire, then the data. */
// expect: none
#include <raceproof.h>
#include <linux/compiler.h>

static int data;
static int flag;

static void sender(void)
{
	WRITE_ONCE(data, 42);
	smp_store_release(&flag, 1);
}

static void receiver(void)
{
	if (smp_load_acquire(&flag))
		assert(READ_ONCE(data) == 42);
}

scenario message_passing(void)
{
	thread("sender", sender());
	thread("receiver", receiver());
}
