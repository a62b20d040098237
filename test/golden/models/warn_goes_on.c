/* A WARN does not end the run: the assertion behind it fails as well. */
// expect: warn, assertion
#include <raceproof.h>
#include <linux/bug.h>
#include <linux/compiler.h>

static int flag;
static int warned;

static void setter(void)
{
	WRITE_ONCE(flag, 1);
}

static void checker(void)
{
	if (WARN_ON(READ_ONCE(flag)))
		warned = 1;
}

scenario warn_goes_on(void)
{
	thread("setter", setter());
	thread("checker", checker());
	at_end(!warned);
}
