#include <raceproof.h>
static int x;
static void f(void) { x = _Generic(x, int: 1, default: 2); }
scenario s(void) { thread("a", f()); }
