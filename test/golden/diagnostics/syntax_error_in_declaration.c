#include <raceproof.h>
struct broken { int a; int b };
struct broken2 { int a int b; };
static struct broken2 v;
static int x;
static void f(void) { v.a = x; }
scenario s(void) { thread("a", f()); }
