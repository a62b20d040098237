#include <raceproof.h>
struct loop { int a; struct loop inner; };
struct ping { struct pong { struct ping back; } there; };
static struct loop l;
static struct ping p;
static void f(void) { l.a = 1; p.there.back = p; }
scenario s(void) { thread("a", f()); }
