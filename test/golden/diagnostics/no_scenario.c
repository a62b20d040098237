#include <raceproof.h>
static void f(void) { }
