#include <raceproof.h>
static int f(a, b) int a; int b; { return a + b; }
scenario s(void) { thread("a", f(1, 2)); }
