/* reinit_completion() before the request, not after: here a completion is wiped out. */
// expect: deadlock
#include <raceproof.h>
#include <linux/completion.h>

static DECLARE_COMPLETION(done);
static int request;

static void asker(void)
{
	WRITE_ONCE(request, 1);
	reinit_completion(&done);
	wait_for_completion(&done);
}

static void answerer(void)
{
	if (READ_ONCE(request))
		complete(&done);
	else
		complete_all(&done);
}

scenario completion_reinit(void)
{
	thread("asker", asker());
	thread("answerer", answerer());
}
