/* Fix candidate Fe for version 2: reg and unreg look up and change the slot under cgroup_mutex, as
 * offline does. With the look-up under the lock, what it finds is not dying, so reg need not ask. */
#define FIX_REG_LOCKED
#define FIX_UNREG_LOCKED
#include "v2.c"
