/* The flag goes up before the data is there. */
// expect: assertion
#include <raceproof.h>
#include <linux/compiler.h>

static int data;
static int flag;

static void sender(void)
{
	smp_store_release(&flag, 1);
	WRITE_ONCE(data, 42);
}

static void receiver(void)
{
	if (smp_load_acquire(&flag))
		assert(READ_ONCE(data) == 42);
}

scenario message_passing_broken(void)
{
	thread("sender", sender());
	thread("receiver", receiver());
}
