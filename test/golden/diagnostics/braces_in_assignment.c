#include <raceproof.h>
static int x;
static void f(void) { x = { 1 }; }
scenario s(void) { thread("a", f()); }
