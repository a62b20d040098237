/* Completions: a count that complete() raises and a waiter takes one of. */
#ifndef _LINUX_COMPLETION_H
#define _LINUX_COMPLETION_H

#include <linux/compiler.h>
#include <linux/types.h>

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

#define init_completion(completion) WRITE_ONCE((completion)->done, 0)
#define reinit_completion(completion) WRITE_ONCE((completion)->done, 0)
#define completion_done(completion) (READ_ONCE((completion)->done) != 0)
#define wait_for_completion_killable(completion) (wait_for_completion(completion), 0)
#define wait_for_completion_interruptible(completion) (wait_for_completion(completion), 0)
#define wait_for_completion_io(completion) wait_for_completion(completion)

#endif
