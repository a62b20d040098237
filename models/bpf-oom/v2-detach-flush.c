/* Ff for version 2, and an unreg that waits for the offline work of a cgroup that it does not find any
 * more: called from that work, it waits for itself. */
#define FIX_DETACH_OUTSIDE
#define FIX_FLUSH
#include "v2.c"
