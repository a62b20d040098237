/* Spins for a flag that nobody raises. */
// expect: step-limit
#include <raceproof.h>
#include <linux/compiler.h>

static int flag;

static void spinner(void)
{
	while (!READ_ONCE(flag))
		;
}

scenario spin_forever(void)
{
	thread("spinner", spinner());
	thread("other", WRITE_ONCE(flag, 0));
}
