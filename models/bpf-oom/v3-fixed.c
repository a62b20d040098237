/* Version 3 with the repair that followed it: removing a cgroup takes its reference on a link before it
 * touches the link. */
#define RELEASE_TAKES_LINK_FIRST
#include "v3.c"
