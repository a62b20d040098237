/* The turn is given away before the flag is up: one may pass while the other's flag is still down, and the
 * other by the turn (Herlihy and Shavit, The art of multiprocessor programming, chapter 2). */
// expect once_each: assertion; 113 states, 189 transitions, endless schedules
// expect twice_each: assertion; 487 states, 893 transitions, endless schedules
// expect alone: proved; 7 states, 7 transitions, 1 schedules
#define PETERSON_TURN_FIRST
#include "peterson.c"
