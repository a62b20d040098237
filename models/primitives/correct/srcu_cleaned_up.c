/* srcu_barrier() before cleanup_srcu_struct(): no callback is left, and the memory may go. */
// expect: none
#include <raceproof.h>
#include <linux/slab.h>
#include <linux/srcu.h>

struct owner {
	struct srcu_struct srcu;
	struct rcu_head head;
	int ran;
};

static void callback(struct rcu_head *head)
{
	WRITE_ONCE(container_of(head, struct owner, head)->ran, 1);
}

static void destroy(struct owner *owner)
{
	call_srcu(&owner->srcu, &owner->head, callback);
	srcu_barrier(&owner->srcu);
	cleanup_srcu_struct(&owner->srcu);
	kfree(owner);
}

scenario srcu_cleaned_up(void)
{
	struct owner *owner = kzalloc(sizeof(*owner), GFP_KERNEL);

	init_srcu_struct(&owner->srcu);
	thread("destroy", destroy(owner));
}
