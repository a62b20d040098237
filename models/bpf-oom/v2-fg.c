/* Fix candidate Fg for version 2: a slot has its own reference on the map of its programs. */
#define FIX_ATOMIC
#define FIX_SLOT_OWNS
#include "v2.c"
