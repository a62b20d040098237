/* A refcount with a release function. */
#ifndef _LINUX_KREF_H
#define _LINUX_KREF_H

#include <linux/refcount.h>

struct kref {
	refcount_t refcount;
};

#define KREF_INIT(n) { .refcount = REFCOUNT_INIT(n) }
#define kref_init(kref) refcount_set(&(kref)->refcount, 1)
#define kref_read(kref) refcount_read(&(kref)->refcount)
#define kref_get(kref) refcount_inc(&(kref)->refcount)
#define kref_get_unless_zero(kref) refcount_inc_not_zero(&(kref)->refcount)
#define kref_put(kref, release) ({						\
	struct kref *__kref = (kref);						\
	bool __last = refcount_dec_and_test(&__kref->refcount);		\
	if (__last)								\
		release(__kref);						\
	(int)__last;								\
})

#endif
