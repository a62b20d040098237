/* Version 4 with a repair of our own: OOM handling holds the BPF part of the cgroup that it asks. */
#define OOM_HOLDS_CGROUP_BPF
#include "v4.c"
