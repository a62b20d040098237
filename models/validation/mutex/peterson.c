/* Peterson, Myths about the mutual exclusion problem, Information Processing Letters 12(3), 1981: show
 * interest, let the other go first, wait while it is interested and it is its turn. Mutual exclusion holds,
 * and both get through. The variants of this file leave a part out. */
// expect once_each: proved; 58 states, 99 transitions, endless schedules
// expect twice_each: proved; 236 states, 433 transitions, endless schedules
// expect alone: proved; 7 states, 7 transitions, 1 schedules
#include "mutex.h"

#ifndef PETERSON_FLAG
#define PETERSON_FLAG(me) set(flag[me], 1)
#endif
#ifndef PETERSON_TURN
#define PETERSON_TURN(me) set(turn, !(me))
#endif
#ifndef PETERSON_WAIT
#define PETERSON_WAIT(me) await(!READ_ONCE(flag[!(me)]) || READ_ONCE(turn) == (me))
#endif

static bool enter(int me)
{
#ifdef PETERSON_TURN_FIRST
	PETERSON_TURN(me);
	PETERSON_FLAG(me);
#else
	PETERSON_FLAG(me);
	PETERSON_TURN(me);
#endif
	if (PETERSON_WAIT(me))
		return true;
	set(flag[me], 0);
	return false;
}

static void leave(int me)
{
	set(flag[me], 0);
}

#include "scenarios.h"
