#include <raceproof.h>
static void f(void) { lost = 1; lost = 2; }
static void g(void) { lost = 3; }
scenario s(void) { thread("a", f()); thread("b", g()); }
