/* Peterson's algorithm, whose tasks test three times and then give up. */
// expect once_each: proved; 246 states, 411 transitions, 20690 schedules
// expect twice_each: proved; 3490 states, 6271 transitions, 6054175674 schedules
// expect alone: proved; 7 states, 7 transitions, 1 schedules
#define AWAIT_TRIES 3
#include "peterson.c"
