/* Locks are summed before unlocks. A straggler that enters and leaves between the two sums is counted as
 * an unlock without its lock, and makes up for a reader that is still inside: use-after-free. It takes two
 * readers. */
#define SRCU_UNLOCKS_LAST
#include "scenarios.h"
