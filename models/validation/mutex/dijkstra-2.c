/* The second attempt (EWD 123, section 2.1): first the test, then the flag. Both may pass the test. */
// expect once_each: assertion; 39 states, 63 transitions, endless schedules
// expect twice_each: assertion; 145 states, 257 transitions, endless schedules
// expect alone: proved; 6 states, 6 transitions, 1 schedules
#include "mutex.h"

static bool enter(int me)
{
	if (!await(!READ_ONCE(flag[!me])))
		return false;
	set(flag[me], 1);
	return true;
}

static void leave(int me)
{
	set(flag[me], 0);
}

#include "scenarios.h"
