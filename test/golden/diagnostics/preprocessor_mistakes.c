#include <raceproof.h>
#if 1 +
static int x;
#endif
#define TWO(a, b) a b
static int y = TWO(1);
#else
#error "stop here"
scenario s(void) { thread("a", y++); }
