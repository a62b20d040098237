/* The stale rank is not waited for before the flip. A reader that read the index before one grace period
 * and counted after it stands on the stale rank; the next grace period makes that rank the current one and
 * waits for the other: use-after-free. It takes two grace periods; with one there is nothing to find. */
#define SRCU_NO_FIRST_WAIT
#include "scenarios.h"
