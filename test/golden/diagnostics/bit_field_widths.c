#include <raceproof.h>
struct wide { int a : 40; };
struct empty { int b : 0; };
struct pointed { int *c : 3; };
static struct wide w;
static struct empty e;
static struct pointed p;
static void f(void) { w.a = 1; e.b = 2; p.c = 0; }
scenario s(void) { thread("a", f()); }
