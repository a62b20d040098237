/* complete_all() is for every waiter, now and later; try_wait_for_completion() takes nothing of it. */
// expect: none
#include <raceproof.h>
#include <linux/completion.h>

static DECLARE_COMPLETION(done);

static void late(void)
{
	if (try_wait_for_completion(&done)) {
		assert(completion_done(&done));
		wait_for_completion(&done);
	}
}

scenario completion_all(void)
{
	thread("waiter", wait_for_completion(&done));
	thread("waiter too", wait_for_completion(&done));
	thread("late", late());
	thread("completer", complete_all(&done));
	at_end(completion_done(&done));
}
