#include <raceproof.h>
static int x;
static int broken(int a) { return a +; }
static void f(void) { x = broken(1); missing = 2; }
scenario s(void) { thread("a", f()); thread("b", broken(x)); }
