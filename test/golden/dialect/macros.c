/* Constants, functions, #if on CONFIG_ names, IS_ENABLED, token pasting, multi-statement macros. */
#include "check.h"

#define LIMIT 4
#define SQUARE(x) ((x) * (x))
#define JOIN(a, b) a##b
#define SWAP(a, b) do { typeof(a) __t = (a); (a) = (b); (b) = __t; } while (0)
#define LAST(...) last_of(__VA_ARGS__)

static int last_of(int a, int b) { return b; }

#ifdef CONFIG_NOT_GIVEN
#error "not taken"
#endif
#if !defined(CONFIG_NOT_GIVEN) && LIMIT > 3
static int taken = 1;
#else
static int taken = 0;
#endif

static void run(void)
{
	int one = 1, two = 2, JOIN(var, 3) = 3;

	assert(taken && SQUARE(LIMIT - 1) == 9 && var3 == 3);
	if (one)
		SWAP(one, two);
	else
		one = 99;
	assert(one == 2 && two == 1 && LAST(1, 8) == 8);
	if (IS_ENABLED(CONFIG_NOT_GIVEN))
		function_that_does_not_exist();
	assert(!IS_ENABLED(CONFIG_NOT_GIVEN));
	BUILD_BUG_ON(sizeof(int) == 0);
}
