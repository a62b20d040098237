/* cancel_delayed_work() does not wait for the item that runs, and that arms its timer again, in memory
 * that is freed. */
// expect: use-after-free
#include <raceproof.h>
#include <linux/workqueue.h>

struct object {
	struct delayed_work work;
	int runs;
};

static void work_fn(struct work_struct *work)
{
	struct object *p = container_of(to_delayed_work(work), struct object, work);

	if (++p->runs < 3)
		schedule_delayed_work(&p->work, HZ);
}

static void destroy(struct object *p)
{
	cancel_delayed_work(&p->work);
	kfree(p);
}

scenario work_delayed_freed(void)
{
	struct object *p = kzalloc(sizeof(*p), GFP_KERNEL);

	INIT_DELAYED_WORK(&p->work, work_fn);
	schedule_delayed_work(&p->work, HZ);
	thread("destroy", destroy(p));
}
