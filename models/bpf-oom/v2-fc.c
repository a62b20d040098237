/* Fix candidate Fc for version 2: the link keeps the memcg that it was attached to, so that unreg
 * finds it whatever became of its cgroup. */
#define FIX_PIN
#include "v2.c"
