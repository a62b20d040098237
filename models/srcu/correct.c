/* SRCU as published: two ranks, unlocks summed before locks, two waits with the flip between them.
 * Nothing is found in any scenario. */
#include "scenarios.h"
