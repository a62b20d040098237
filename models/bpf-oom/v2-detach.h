/* For the fix candidates of version 2 in which the offline hook detaches the link: each slot has,
 * beside the programs, the link that brought them. unreg clears it with the slot and waits for SRCU
 * readers before the link is freed, so a reader may look at it, and take a reference unless the last
 * one is gone. */
#include <linux/refcount.h>

/* Called inside f1..f5. A reference, or NULL. */
static struct bpf_link *take_link(struct mem_cgroup *memcg)
{
	struct bpf_link *link = READ_ONCE(memcg->bpf_oom_link);

	WRITE_ONCE(memcg->bpf_oom_link, NULL);
	if (link && !refcount_inc_not_zero(&link->refcnt))
		return NULL;
	return link;
}

static void detach_and_put(struct bpf_link *link)
{
	if (!link)
		return;
	bpf_link_detach(link);
	bpf_link_close(link);
}

#ifdef FIX_DETACH_WORK
struct detach_work {
	struct work_struct work;
	struct bpf_link *link;
};

static void detach_work_fn(struct work_struct *work)
{
	struct detach_work *detach = container_of(work, struct detach_work, work);

	detach_and_put(detach->link);
	kfree(detach);
}

static void queue_detach_and_put(struct bpf_link *link)
{
	struct detach_work *detach;

	if (!link)
		return;
	detach = kzalloc(sizeof(*detach), GFP_KERNEL);
	detach->link = link;
	INIT_WORK(&detach->work, detach_work_fn);
	schedule_work(&detach->work);
}
#endif
