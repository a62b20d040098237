/* Users come by percpu_ref_tryget_live(); the object goes when the killed count has come to zero. */
// expect: none
#include <raceproof.h>
#include <linux/percpu-refcount.h>
#include <linux/workqueue.h>

struct object {
	struct percpu_ref ref;
	struct work_struct work;
	int value;
};

static void free_fn(struct work_struct *work)
{
	struct object *p = container_of(work, struct object, work);

	percpu_ref_exit(&p->ref);
	kfree(p);
}

static void release(struct percpu_ref *ref)
{
	schedule_work(&container_of(ref, struct object, ref)->work);
}

/* Holds a reference of its own, so that the object lives while it asks for another. */
static void use(struct object *p)
{
	if (percpu_ref_tryget_live(&p->ref)) {
		WRITE_ONCE(p->value, 1);
		percpu_ref_put(&p->ref);
	}
	percpu_ref_put(&p->ref);
}

scenario percpu_ref_drained(void)
{
	struct object *p = kzalloc(sizeof(*p), GFP_KERNEL);

	INIT_WORK(&p->work, free_fn);
	percpu_ref_init(&p->ref, release, 0, GFP_KERNEL);
	percpu_ref_get(&p->ref);
	thread("use", use(p));
	thread("kill", percpu_ref_kill(&p->ref));
	at_end(!leaks());
}
