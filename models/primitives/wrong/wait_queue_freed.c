/* The waiter frees what its waker is still about to wake. */
// expect: use-after-free
#include <raceproof.h>
#include <linux/slab.h>
#include <linux/wait.h>

struct request {
	int done;
	struct wait_queue_head queue;
};

static void waiter(struct request *request)
{
	wait_event(request->queue, READ_ONCE(request->done));
	kfree(request);
}

static void finish(struct request *request)
{
	WRITE_ONCE(request->done, 1);
	wake_up(&request->queue);
}

scenario wait_queue_freed(void)
{
	struct request *request = kzalloc(sizeof(*request), GFP_KERNEL);

	init_waitqueue_head(&request->queue);
	thread("waiter", waiter(request));
	thread("finisher", finish(request));
}
