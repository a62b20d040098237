/* complete() lets one waiter go. */
// expect: deadlock
#include <raceproof.h>
#include <linux/completion.h>

static DECLARE_COMPLETION(done);

scenario completion_one_for_two(void)
{
	thread("waiter", wait_for_completion(&done));
	thread("waiter too", wait_for_completion(&done));
	thread("completer", complete(&done));
}
