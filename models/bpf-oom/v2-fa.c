/* Fix candidate Fa for version 2: unreg does not warn. */
#define FIX_NO_WARN
#include "v2.c"
