/* Version 3 with the repair that followed it: removing a cgroup takes its reference on a link before it touches
 * the link, and leaves a link alone that is on its way out. See v3.c. */
#define RELEASE_TAKES_LINK_FIRST
#include "v3.c"
