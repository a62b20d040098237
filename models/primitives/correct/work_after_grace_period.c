/* queue_rcu_work(): the item runs after the readers, in a context that may sleep. */
// expect: none
#include <raceproof.h>
#include <linux/workqueue.h>

struct object {
	struct rcu_work work;
	int value;
};

static struct object *published;

static void free_fn(struct work_struct *work)
{
	might_sleep();
	kfree(container_of(to_rcu_work(work), struct object, work));
}

static void read(void)
{
	struct object *p;

	rcu_read_lock();
	p = rcu_dereference(published);
	if (p)
		READ_ONCE(p->value);
	rcu_read_unlock();
}

static void remove(void)
{
	struct object *p = published;

	rcu_assign_pointer(published, NULL);
	queue_rcu_work(system_wq, &p->work);
}

scenario work_after_grace_period(void)
{
	published = kzalloc(sizeof(*published), GFP_KERNEL);
	INIT_RCU_WORK(&published->work, free_fn);
	thread("read", read());
	thread("remove", remove());
	at_end(!leaks());
}
