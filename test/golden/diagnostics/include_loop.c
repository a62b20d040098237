#include <raceproof.h>
#include "include_loop.c"
static int x;
scenario s(void) { thread("a", x++); }
