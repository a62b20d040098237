/* Without the turn both can be polite for ever: the third attempt of Dijkstra's
 * (Cooperating sequential processes, EWD 123, 1965, section 2.1). */
// expect once_each: deadlock; 138 states, 219 transitions, 1052 schedules
// expect twice_each: deadlock; 632 states, 1069 transitions, 37050290 schedules
// expect alone: proved; 8 states, 8 transitions, 1 schedules
#define AWAIT_SLEEPS
#define PETERSON_TURN(me) ((void)0)
#define PETERSON_WAIT(me) await(!READ_ONCE(flag[!(me)]))
#include "peterson.c"
