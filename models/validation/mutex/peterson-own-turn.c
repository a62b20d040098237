/* Each takes the turn instead of giving it away: who comes second walks in on the first. */
// expect once_each: assertion; 104 states, 173 transitions, endless schedules
// expect twice_each: assertion; 480 states, 879 transitions, endless schedules
// expect alone: proved; 7 states, 7 transitions, 1 schedules
#define PETERSON_TURN(me) set(turn, me)
#include "peterson.c"
