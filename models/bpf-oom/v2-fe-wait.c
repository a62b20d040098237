/* Fe for version 2 with unreg's grace period under cgroup_mutex as well: it waits for programs there. */
#define FIX_REG_LOCKED
#define FIX_UNREG_LOCKED
#define FIX_WAIT_LOCKED
#include "v2.c"
