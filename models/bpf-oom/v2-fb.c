/* Fix candidate Fb for version 2: slots are changed atomically. */
#define FIX_ATOMIC
#include "v2.c"
