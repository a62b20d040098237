/* flush_work() before kfree(): the item ran, and nobody queues it again. */
// expect: none
#include <raceproof.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

struct object {
	int value;
	struct work_struct work;
};

static void work_fn(struct work_struct *work)
{
	struct object *p = container_of(work, struct object, work);

	WRITE_ONCE(p->value, 1);
}

static void kick(struct object *p)
{
	queue_work(system_wq, &p->work);
	flush_work(&p->work);
	assert(READ_ONCE(p->value) == 1);
	kfree(p);
}

scenario work_flushed(void)
{
	struct object *p = kzalloc(sizeof(*p), GFP_KERNEL);

	INIT_WORK(&p->work, work_fn);
	thread("kick", kick(p));
}
