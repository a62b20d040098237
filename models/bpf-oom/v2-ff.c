/* Fix candidate Ff for version 2: a memcg that goes offline has its link detached, in a work item,
 * where no lock is held. */
#define FIX_DETACH_WORK
#include "v2.c"
