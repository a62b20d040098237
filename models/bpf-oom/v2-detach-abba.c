/* Two fixes of version 2 that do not go together: offline detaches the link under cgroup_mutex, and
 * reg takes cgroup_mutex under update_mutex. */
#define FIX_DETACH_OUTSIDE
#define FIX_REG_LOCKED
#include "v2.c"
