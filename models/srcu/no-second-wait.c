/* The rank that was current before the flip is not waited for, and that is where the readers are:
 * use-after-free with one reader and one grace period. */
#define SRCU_NO_SECOND_WAIT
#include "scenarios.h"
