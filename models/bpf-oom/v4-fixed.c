/* Version 4 with a repair of our own: OOM handling holds the BPF part of the cgroup that it asks, and what is
 * released points to nothing that is freed. */
#define OOM_HOLDS_CGROUP_BPF
#define RELEASE_LEAVES_NOTHING
#include "v4.c"
