/* Work items and callbacks: functions that the primitives start. */
#include "check.h"
#include <linux/rcupdate.h>
#include <linux/workqueue.h>

struct job { int done; struct work_struct work; struct rcu_head rcu; };

static struct job job;

static void work_fn(struct work_struct *work)
{
	container_of(work, struct job, work)->done |= 1;
}

static void callback(struct rcu_head *head)
{
	container_of(head, struct job, rcu)->done |= 2;
}

static void run(void)
{
	INIT_WORK(&job.work, work_fn);
	assert(queue_work(system_wq, &job.work));
	flush_work(&job.work);
	assert(job.done & 1);
	call_rcu(&job.rcu, callback);
}
