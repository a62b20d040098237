/* A wait with a timeout may return 0, and the answer is not there. */
// expect: assertion
#include <raceproof.h>
#include <linux/completion.h>

static DECLARE_COMPLETION(done);
static int answer;

static void asker(void)
{
	wait_for_completion_timeout(&done, 10);
	assert(READ_ONCE(answer));
}

static void answerer(void)
{
	WRITE_ONCE(answer, 1);
	complete(&done);
}

scenario completion_timeout_ignored(void)
{
	thread("asker", asker());
	thread("answerer", answerer());
}
