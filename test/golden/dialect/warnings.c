/* WARN_ON and its kin give their condition; BUG_ON of nothing wrong goes on. */
#include "check.h"
#include <linux/bug.h>

static void run(void)
{
	int *p = NULL, x = 4;

	assert(!WARN_ON(p != NULL) && !WARN_ON_ONCE(x != 4));
	if (WARN(x < 0, "x is %d\n", x))
		x = 9;
	if (unlikely(WARN_ONCE(0, "never")))
		x = 8;
	BUG_ON(x != 4);
	assert(x == 4 && likely(x) && !unlikely(!x));
	if (x != 4)
		BUG();
	pr_err("nothing of this is evaluated: %d\n", x++);
	assert(x == 4);
}
