#include <raceproof.h>
static int x; /* never closed
scenario s(void) { thread("a", x++); }
