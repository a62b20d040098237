/* Dekker's algorithm as in Dijkstra, Cooperating sequential processes, EWD 123, 1965, section 2.1: who finds
 * the other interested takes its flag down while it is the other's turn. Mutual exclusion holds, and both get
 * through. The variants of this file leave a part out. */
// expect once_each: proved; 71 states, 116 transitions, endless schedules
// expect twice_each: proved; 478 states, 889 transitions, endless schedules
// expect alone: proved; 7 states, 7 transitions, 1 schedules
#include "mutex.h"

static bool enter(int me)
{
	set(flag[me], 1);
	while (READ_ONCE(flag[!me])) {
#ifndef DEKKER_NO_TURN
		if (READ_ONCE(turn) == me)
			continue;
#endif
		set(flag[me], 0);
#ifndef DEKKER_NO_TURN
		if (!await(READ_ONCE(turn) == me))
			return false;
#endif
#ifndef DEKKER_NO_FLAG_AGAIN
		set(flag[me], 1);
#endif
	}
	return true;
}

static void leave(int me)
{
#ifndef DEKKER_NO_TURN
	set(turn, !me);
#endif
	set(flag[me], 0);
}

#include "scenarios.h"
