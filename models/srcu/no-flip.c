/* The index is never flipped: new readers go on counting on the rank that the grace period waits for.
 *
 * Nothing that is read is freed too early: unlocks are summed first, so equal sums mean that for a moment
 * nobody was inside, and then every reader that began before has left. What is lost is that a grace period
 * ends. It waits for a moment without readers, and where readers relieve each other there is none:
 * relay_vs_updater never ends. */
#define SRCU_NO_FLIP
#include "scenarios.h"
