/* The waiter never returns before complete() was called, so its completion may lie on the stack. */
// expect: none
#include <raceproof.h>
#include <linux/compiler.h>
#include <linux/completion.h>
#include <linux/kernel.h>
#include <linux/workqueue.h>

struct request {
	struct work_struct work;
	struct completion done;
};

static void serve(struct work_struct *work)
{
	struct request *request = container_of(work, struct request, work);

	complete(&request->done);
}

static void ask(void)
{
	struct request request;

	INIT_WORK(&request.work, serve);
	init_completion(&request.done);
	queue_work(system_wq, &request.work);
	wait_for_completion(&request.done);
	flush_work(&request.work);
}

scenario completion_on_stack_waited(void)
{
	thread("left", ask());
	thread("right", ask());
}
