#include <raceproof.h>
static int x;
enum { A = x, B = C, C = B };
static void f(void) { x = A + B; }
scenario s(void) { thread("a", f()); }
