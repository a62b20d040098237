#include <raceproof.h>
#include <linux/lockdep.h>
static int x;
static void f(void) { lockdep_assert_held(&x); lockdep_assert_held(x); }
scenario s(void) { thread("a", f()); }
