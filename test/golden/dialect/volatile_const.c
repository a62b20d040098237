/* Qualifiers and annotations change nothing. */
#include "check.h"
#include <linux/init.h>

static volatile int watched;
static const char *const names[] = { "a", "b" };
static int __maybe_unused unused;
static int __read_mostly tuned = 3;

static __always_inline int __must_check quick(const int *const p) { return *p; }
static noinline void __init slow(void) { watched++; }

static void run(void)
{
	const volatile int *p = &watched;
	register int r = 2;

	slow();
	assert(*p == 1 && quick(&tuned) == 3 && names[1][0] == 'b' && r == 2);
}
