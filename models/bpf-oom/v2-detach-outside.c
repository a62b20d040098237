/* Ff for version 2 with the detach after the read-side section, still under cgroup_mutex: it takes
 * update_mutex there, and waits for programs. */
#define FIX_DETACH_OUTSIDE
#include "v2.c"
