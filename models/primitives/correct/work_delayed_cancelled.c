/* cancel_delayed_work_sync() before kfree(), with an item that arms itself again: it can be neither
 * pending nor running afterwards. */
// expect: none
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
	cancel_delayed_work_sync(&p->work);
	kfree(p);
}

scenario work_delayed_cancelled(void)
{
	struct object *p = kzalloc(sizeof(*p), GFP_KERNEL);

	INIT_DELAYED_WORK(&p->work, work_fn);
	schedule_delayed_work(&p->work, HZ);
	thread("destroy", destroy(p));
}
