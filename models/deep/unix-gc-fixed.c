/* unix-gc.c with the fix: whoever has taken his reference looks whether the descriptor is still there. */
#define UNIX_GC_FIXED
#include "unix-gc.c"
