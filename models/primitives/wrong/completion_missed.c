/* The waiter looks before it waits, and the other side completes only for a waiter that it sees. */
// expect: deadlock
#include <raceproof.h>
#include <linux/compiler.h>
#include <linux/completion.h>

static DECLARE_COMPLETION(done);
static int waiting;

static void waiter(void)
{
	WRITE_ONCE(waiting, 1);
	wait_for_completion(&done);
}

static void completer(void)
{
	if (READ_ONCE(waiting))
		complete(&done);
}

scenario completion_missed(void)
{
	thread("waiter", waiter());
	thread("completer", completer());
}
