#include <raceproof.h>
static int array[CONFIG_NR_THINGS];
static void f(void) { array[0] = BUFFER_LENGTH; }
scenario s(void) { thread("a", f()); }
