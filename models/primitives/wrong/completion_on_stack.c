/* The waiter gives up when it sees the flag and returns, and its completion on the stack with it. */
// expect: use-after-free
#include <raceproof.h>
#include <linux/compiler.h>
#include <linux/completion.h>

struct request {
	int done;
	struct completion *completion;
};

static struct request request;

static void wait_on_stack(void)
{
	DECLARE_COMPLETION_ONSTACK(completion);

	WRITE_ONCE(request.completion, &completion);
	if (READ_ONCE(request.done))
		return;
	wait_for_completion(&completion);
}

static void requester(void)
{
	wait_on_stack();
}

static void completer(void)
{
	struct completion *completion;

	WRITE_ONCE(request.done, 1);
	completion = READ_ONCE(request.completion);
	if (completion)
		complete(completion);
}

scenario completion_on_stack(void)
{
	thread("requester", requester());
	thread("completer", completer());
}
