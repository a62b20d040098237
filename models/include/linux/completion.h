/* Completions: a count that complete() raises and a waiter takes one of. */
#ifndef _LINUX_COMPLETION_H
#define _LINUX_COMPLETION_H

#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/types.h>

/* What complete_all() leaves: no waiter takes one of it. */
#define COMPLETION_ALL 0x7fffffff

struct completion {
	int done;
};

#define COMPLETION_INITIALIZER(name) { .done = 0 }
#define COMPLETION_INITIALIZER_ONSTACK(name) { .done = 0 }
#define DECLARE_COMPLETION(name) struct completion name = COMPLETION_INITIALIZER(name)
#define DECLARE_COMPLETION_ONSTACK(name) DECLARE_COMPLETION(name)

/* Primitives. */
void complete(struct completion *completion);
void complete_all(struct completion *completion);
void wait_for_completion(struct completion *completion);

/* Takes one if there is one; does not wait. */
static inline bool try_wait_for_completion(struct completion *completion)
{
	int done = READ_ONCE(completion->done);

	do {
		if (!done)
			return false;
		if (done == COMPLETION_ALL)
			return true;
	} while (!try_cmpxchg(&completion->done, &done, done - 1));
	return true;
}

#define init_completion(completion) WRITE_ONCE((completion)->done, 0)
#define reinit_completion(completion) WRITE_ONCE((completion)->done, 0)
#define completion_done(completion) (READ_ONCE((completion)->done) != 0)
#define wait_for_completion_killable(completion) (wait_for_completion(completion), 0)
#define wait_for_completion_interruptible(completion) (wait_for_completion(completion), 0)
#define wait_for_completion_state(completion, state) (wait_for_completion(completion), 0)
#define wait_for_completion_io(completion) wait_for_completion(completion)
/* The time may be up whenever it is asked: 0 then. */
#define wait_for_completion_timeout(completion, timeout) ((unsigned long)try_wait_for_completion(completion))
#define wait_for_completion_interruptible_timeout(completion, timeout) \
	((long)try_wait_for_completion(completion))
#define wait_for_completion_killable_timeout(completion, timeout) \
	((long)try_wait_for_completion(completion))
#define wait_for_completion_io_timeout(completion, timeout) wait_for_completion_timeout(completion, timeout)

#endif
