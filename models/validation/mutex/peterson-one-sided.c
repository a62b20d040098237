/* Task 1 raises no flag. */
// expect once_each: assertion; 65 states, 106 transitions, endless schedules
// expect twice_each: assertion; 282 states, 510 transitions, endless schedules
// expect alone: proved; 6 states, 6 transitions, 1 schedules
#define PETERSON_FLAG(me) do { if ((me) == 0) set(flag[0], 1); } while (0)
#include "peterson.c"
