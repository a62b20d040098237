/* A refcount with a release function. */
#ifndef _LINUX_KREF_H
#define _LINUX_KREF_H

#include <linux/container_of.h>
#include <linux/refcount.h>

struct kref {
	refcount_t refcount;
};

#define KREF_INIT(n) { .refcount = REFCOUNT_INIT(n) }
#define kref_init(counter) refcount_set(&(counter)->refcount, 1)
#define kref_read(counter) refcount_read(&(counter)->refcount)
#define kref_get(counter) refcount_inc(&(counter)->refcount)
#define kref_get_unless_zero(counter) refcount_inc_not_zero(&(counter)->refcount)
#define kref_put_mutex(counter, release, lock) ({				\
	struct kref *__kref = (counter);					\
	bool __last = refcount_dec_and_mutex_lock(&__kref->refcount, lock);	\
	if (__last)								\
		release(__kref);						\
	(int)__last;								\
})
#define kref_put_lock(counter, release, lock) ({				\
	struct kref *__kref = (counter);					\
	bool __last = refcount_dec_and_lock(&__kref->refcount, lock);		\
	if (__last)								\
		release(__kref);						\
	(int)__last;								\
})
#define kref_put(counter, release) ({						\
	struct kref *__kref = (counter);						\
	bool __last = refcount_dec_and_test(&__kref->refcount);		\
	if (__last)								\
		release(__kref);						\
	(int)__last;								\
})

#endif
