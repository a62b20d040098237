#include <raceproof.h>
static int fact(int n) { return n ? n * fact(n - 1) : 1; }
static int even(int n);
static int odd(int n) { return n ? even(n - 1) : 0; }
static int even(int n) { return n ? odd(n - 1) : 1; }
static int g;
static void f(void) { g = fact(3) + even(4); }
scenario s(void) { thread("a", f()); }
