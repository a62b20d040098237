/* There is one rank, so that flipping the index changes nothing. Harmless and harmful as the missing flip
 * (no-flip.c): nothing is freed too early, and in relay_vs_updater the grace period never ends. */
#define SRCU_ONE_RANK
#include "scenarios.h"
