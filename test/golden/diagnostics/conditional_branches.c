#include <raceproof.h>
struct pair { int a, b; };
static struct pair p;
static int x;
static void f(void) { x = x ? p : 1; x = x ? x : p; }
scenario s(void) { thread("a", f()); }
