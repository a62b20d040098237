#include <raceproof.h>
#ifdef CONFIG_X
static int x;
scenario s(void) { thread("a", x++); }
