/* The fourth attempt (EWD 123, section 2.1): who finds the other interested takes its flag down for a while.
 * Safe, and nobody is stuck, but both may do so in step for ever: "after you". */
// expect once_each: proved; 108 states, 189 transitions, endless schedules
// expect twice_each: proved; 482 states, 907 transitions, endless schedules
// expect alone: proved; 6 states, 6 transitions, 1 schedules
#define DEKKER_NO_TURN
#include "dekker.c"
