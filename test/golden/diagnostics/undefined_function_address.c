#include <raceproof.h>
int declared_only(int x);
static int (*p)(int);
static void f(void) { p = declared_only; }
scenario s(void) { thread("a", f()); }
