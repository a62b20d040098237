/* What the algorithms for mutual exclusion of this folder share: two tasks with a flag each, a word that says
 * whose turn it is, and a critical section that notices company. An algorithm defines enter(me) and leave(me)
 * and includes scenarios.h. All words are accessed one at a time, as in the papers.
 *
 * Waiting is a busy loop, as published. Where a model defines AWAIT_SLEEPS, a task sleeps until a word was
 * stored to, and tests again. Nothing is lost by that: a test that fails stores nothing, so until some word
 * changes the same test would fail again, and every store wakes. A wait that never ends is a deadlock then,
 * which can be told from a long one. Where it defines AWAIT_TRIES, a task tests so many times and then goes
 * away, which only leaves orders out. */
#include <raceproof.h>
#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/wait.h>

static int flag[2];
static int turn;
static atomic_t inside;

#if defined(AWAIT_SLEEPS)
static DECLARE_WAIT_QUEUE_HEAD(changed);

#define set(word, value) do { WRITE_ONCE(word, value); wake_up_all(&changed); } while (0)
#define await(condition) ({ wait_event(changed, condition); true; })
#else
#define set(word, value) WRITE_ONCE(word, value)
#ifdef AWAIT_TRIES
#define await(condition) ({						\
	int tries = 0;							\
	bool holds;							\
	do {								\
		holds = (condition);					\
	} while (!holds && ++tries < AWAIT_TRIES);			\
	holds;								\
})
#else
#define await(condition) ({ while (!(condition)) ; true; })
#endif
#endif
