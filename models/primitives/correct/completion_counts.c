/* A completion remembers: completing first, waiting later is fine, once for each complete(). */
// expect: none
#include <raceproof.h>
#include <linux/completion.h>

static DECLARE_COMPLETION(done);

scenario completion_counts(void)
{
	thread("waiter", wait_for_completion(&done));
	thread("waiter too", wait_for_completion(&done));
	thread("completer", complete(&done));
	thread("completer too", complete(&done));
}
