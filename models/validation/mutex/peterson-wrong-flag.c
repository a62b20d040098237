/* Each waits for its own flag instead of the other's, so that only the turn is left: safe, but who comes
 * alone does not get in. */
// expect once_each: deadlock; 343 states, 621 transitions, 1282736 schedules
// expect twice_each: deadlock; 995 states, 1837 transitions, 65960061541961186 schedules
// expect alone: deadlock; 10 states, 10 transitions, 1 schedules
#define AWAIT_SLEEPS
#define PETERSON_WAIT(me) await(!READ_ONCE(flag[me]) || READ_ONCE(turn) == (me))
#include "peterson.c"
