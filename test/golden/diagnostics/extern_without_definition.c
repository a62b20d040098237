#include <raceproof.h>
extern int elsewhere;
extern struct { int a; } *pointer_elsewhere;
static void f(void) { elsewhere = 1; pointer_elsewhere->a = 2; }
scenario s(void) { thread("a", f()); }
