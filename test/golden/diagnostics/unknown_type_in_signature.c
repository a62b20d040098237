#include <raceproof.h>
static int x;
static foo_t add(int a, int b) { return a + b; }
static int sub(bar_t a, int b) { return 1; }
static int (*table[2])(int, int) = { add, sub };
static void f(void) { x = table[x](1, 2); }
scenario s(void) { thread("a", f()); }
