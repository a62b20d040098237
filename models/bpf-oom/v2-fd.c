/* Fix candidate Fd for version 2: the link keeps its cgroup, and the slot lies there. */
#define FIX_PIN
#define FIX_SLOT_IN_CGROUP
#include "v2.c"
