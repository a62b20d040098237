/* try_wait_for_completion() takes one and never waits. */
// expect: none
#include <raceproof.h>
#include <linux/completion.h>

static DECLARE_COMPLETION(done);
static int taken;

static void try(void)
{
	if (try_wait_for_completion(&done))
		WRITE_ONCE(taken, taken + 1);
}

scenario completion_try(void)
{
	thread("try", try());
	thread("completer", complete(&done));
	at_end(completion_done(&done) == !taken);
}
