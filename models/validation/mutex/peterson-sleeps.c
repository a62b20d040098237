/* Peterson's algorithm, whose tasks sleep while they wait. */
// expect once_each: proved; 387 states, 693 transitions, 1303260 schedules
// expect twice_each: proved; 1821 states, 3351 transitions, 19171113414495798 schedules
// expect alone: proved; 10 states, 10 transitions, 1 schedules
#define AWAIT_SLEEPS
#include "peterson.c"
