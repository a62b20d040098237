#include <raceproof.h>
static int __my_annotation x;
static void f(void) { x = 1; }
scenario s(void) { thread("a", f()); }
