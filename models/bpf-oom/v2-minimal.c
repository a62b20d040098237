/* The smallest fix of version 2: Fc and Fb, without the WARN. */
#define FIX_PIN
#define FIX_ATOMIC
#define FIX_NO_WARN
#include "v2.c"
