/* Who had to wait for its turn forgets to raise its flag again. */
// expect once_each: proved; 69 states, 113 transitions, endless schedules
// expect twice_each: assertion, step-limit; 552 states, 998 transitions, endless schedules
// expect alone: proved; 7 states, 7 transitions, 1 schedules
#define DEKKER_NO_FLAG_AGAIN
#include "dekker.c"
