#include <raceproof.h>
static int x;
scenario twice(void) { thread("a", x++); }
scenario other(void) { thread("a", x++); }
scenario twice(void) { thread("b", x++); }
