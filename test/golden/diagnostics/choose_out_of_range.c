#include <raceproof.h>
static int x;
static void f(void) { x = choose(0); x = choose(-1); x = choose(100000); }
scenario s(void) { thread("a", f()); }
