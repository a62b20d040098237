#include <raceproof.h>
static int x;
scenario s(int a) { thread("a", x = a); }
