/* Reference counts that are per CPU until they are killed: the kernel's algorithm in our own words, with
 * one cell for the sum of what the CPUs counted. Getting and putting look at the mode and then count,
 * inside a section of RCU, as two steps: a get that looked before the kill counts after it, which is why
 * percpu_ref_tryget_live() may succeed until the confirmation, and no later. Killing marks the count as
 * dead at once; after an RCU grace period nobody counts per CPU any more, the sums are joined, the
 * confirmation runs, and from then on the put that leaves nothing calls release.
 *
 * Nothing here waits but percpu_ref_kill() for its lock. Reported: a second kill, a count that is not
 * above zero when the sums are joined, a reinit of what is not dead or not zero, exit before the
 * confirmation (all warn), and a put too many (warn; the kernel is silent). Use after exit is a
 * null-deref, as in the kernel.
 *
 * count and dead are also the cells of the css primitives (CSS_REFS, CSS_DEAD of assembly/abi.ts): a css
 * is counted by those, css_get() and its kin of linux/cgroup.h, and never by the functions below. Not
 * modelled: switching modes without killing. */
#ifndef _LINUX_PERCPU_REFCOUNT_H
#define _LINUX_PERCPU_REFCOUNT_H

#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/container_of.h>
#include <linux/gfp.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/types.h>

struct percpu_ref;

typedef void (percpu_ref_func_t)(struct percpu_ref *ref);

/* flags of percpu_ref_init() */
enum {
	PERCPU_REF_INIT_ATOMIC = 1,
	PERCPU_REF_INIT_DEAD = 2,
	PERCPU_REF_ALLOW_REINIT = 4,
};

/* In dead. */
#define __PERCPU_REF_DEAD 1
#define __PERCPU_REF_ATOMIC 2
/* Keeps count from zero while some references are counted per CPU. */
#define __PERCPU_REF_BIAS 0x40000000

struct percpu_ref_data {
	atomic_t percpu;		/* what the CPUs counted, added up */
	percpu_ref_func_t *release;
	percpu_ref_func_t *confirm;
	bool switching;			/* to atomic mode; the grace period is not over */
	bool atomic;			/* from the beginning */
	bool reinit;
	struct rcu_head rcu;
	struct percpu_ref *ref;
};

struct percpu_ref {
	int count;			/* references, once atomic */
	int dead;
	struct percpu_ref_data *data;
};

static DEFINE_SPINLOCK(__percpu_ref_lock);

static inline int percpu_ref_init(struct percpu_ref *ref, percpu_ref_func_t *release, unsigned int flags,
				  gfp_t gfp)
{
	struct percpu_ref_data *data = kzalloc(sizeof(*data), gfp);
	bool atomic = flags & (PERCPU_REF_INIT_ATOMIC | PERCPU_REF_INIT_DEAD);
	bool dead = flags & PERCPU_REF_INIT_DEAD;

	data->release = release;
	data->atomic = atomic;
	data->reinit = atomic || (flags & PERCPU_REF_ALLOW_REINIT);
	data->ref = ref;
	ref->count = (atomic ? 0 : __PERCPU_REF_BIAS) + (dead ? 0 : 1);
	ref->dead = (atomic ? __PERCPU_REF_ATOMIC : 0) | (dead ? __PERCPU_REF_DEAD : 0);
	ref->data = data;
	return 0;
}

static inline bool percpu_ref_is_dying(struct percpu_ref *ref)
{
	return READ_ONCE(ref->dead) & __PERCPU_REF_DEAD;
}

static inline bool percpu_ref_is_zero(struct percpu_ref *ref)
{
	return READ_ONCE(ref->count) == 0;
}

static inline atomic_t *__percpu_ref_count(struct percpu_ref *ref)
{
	return (atomic_t *)&ref->count;
}

static inline void percpu_ref_get_many(struct percpu_ref *ref, unsigned long n)
{
	rcu_read_lock();
	if (READ_ONCE(ref->dead))
		atomic_add(n, __percpu_ref_count(ref));
	else
		atomic_add(n, &ref->data->percpu);
	rcu_read_unlock();
}

static inline bool percpu_ref_tryget(struct percpu_ref *ref)
{
	bool got = true;

	rcu_read_lock();
	if (READ_ONCE(ref->dead))
		got = atomic_inc_not_zero(__percpu_ref_count(ref));
	else
		atomic_inc(&ref->data->percpu);
	rcu_read_unlock();
	return got;
}

static inline bool percpu_ref_tryget_live(struct percpu_ref *ref)
{
	bool got = true;
	int mode;

	rcu_read_lock();
	mode = READ_ONCE(ref->dead);
	if (!mode)
		atomic_inc(&ref->data->percpu);
	else
		got = !(mode & __PERCPU_REF_DEAD) && atomic_inc_not_zero(__percpu_ref_count(ref));
	rcu_read_unlock();
	return got;
}

static inline void percpu_ref_put_many(struct percpu_ref *ref, unsigned long n)
{
	int left = 1;

	rcu_read_lock();
	if (READ_ONCE(ref->dead)) {
		left = atomic_sub_return(n, __percpu_ref_count(ref));
		WARN_ON(left < 0);
		if (left == 0)
			ref->data->release(ref);
	} else {
		atomic_sub(n, &ref->data->percpu);
	}
	rcu_read_unlock();
}

#define percpu_ref_get(ref) percpu_ref_get_many(ref, 1)
#define percpu_ref_put(ref) percpu_ref_put_many(ref, 1)

/* RCU's callback: who counts from here on has seen that the count is atomic. */
static inline void __percpu_ref_confirm(struct rcu_head *head)
{
	struct percpu_ref_data *data = container_of(head, struct percpu_ref_data, rcu);
	struct percpu_ref *ref = data->ref;
	percpu_ref_func_t *confirm = data->confirm;
	int counted = atomic_read(&data->percpu) - __PERCPU_REF_BIAS;

	WARN_ON(atomic_add_return(counted, __percpu_ref_count(ref)) <= 0);
	if (confirm)
		confirm(ref);
	WRITE_ONCE(data->switching, false);
	percpu_ref_put(ref);
}

static inline void percpu_ref_kill_and_confirm(struct percpu_ref *ref, percpu_ref_func_t *confirm)
{
	int mode;

	spin_lock(&__percpu_ref_lock);
	mode = READ_ONCE(ref->dead);
	WARN_ON(mode & __PERCPU_REF_DEAD);
	WRITE_ONCE(ref->dead, __PERCPU_REF_DEAD | __PERCPU_REF_ATOMIC);
	if (!(mode & __PERCPU_REF_ATOMIC)) {
		ref->data->confirm = confirm;
		ref->data->switching = true;
		percpu_ref_get(ref);		/* put after the confirmation */
		call_rcu(&ref->data->rcu, __percpu_ref_confirm);
	} else if (confirm) {
		confirm(ref);
	}
	percpu_ref_put(ref);
	spin_unlock(&__percpu_ref_lock);
}

#define percpu_ref_kill(ref) percpu_ref_kill_and_confirm(ref, NULL)

/* Alive again, with one reference; per CPU unless the initialisation said otherwise. */
static inline void percpu_ref_resurrect(struct percpu_ref *ref)
{
	spin_lock(&__percpu_ref_lock);
	WARN_ON(!percpu_ref_is_dying(ref));
	percpu_ref_get(ref);
	if (ref->data->atomic) {
		WRITE_ONCE(ref->dead, __PERCPU_REF_ATOMIC);
	} else {
		WARN_ON(!ref->data->reinit);
		atomic_add(__PERCPU_REF_BIAS, __percpu_ref_count(ref));
		atomic_set(&ref->data->percpu, 0);
		WRITE_ONCE(ref->dead, 0);
	}
	spin_unlock(&__percpu_ref_lock);
}

static inline void percpu_ref_reinit(struct percpu_ref *ref)
{
	WARN_ON(!percpu_ref_is_zero(ref));
	percpu_ref_resurrect(ref);
}

static inline void percpu_ref_exit(struct percpu_ref *ref)
{
	struct percpu_ref_data *data = READ_ONCE(ref->data);

	if (!data)
		return;
	WARN_ON(READ_ONCE(data->switching));
	WRITE_ONCE(ref->dead, __PERCPU_REF_DEAD | __PERCPU_REF_ATOMIC);
	WRITE_ONCE(ref->data, NULL);
	kfree(data);
}

#endif
