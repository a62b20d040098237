/* Fe and Ff of version 2 together: offline detaches the link under cgroup_mutex, and unreg takes it
 * again. */
#define FIX_DETACH_OUTSIDE
#define FIX_REG_LOCKED
#define FIX_UNREG_LOCKED
#include "v2.c"
