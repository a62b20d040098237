/* The first of the attempts that Dijkstra discusses before Dekker's algorithm (Cooperating sequential
 * processes, EWD 123, 1965, section 2.1): they take turns. Safe, but who comes out of turn waits for a task
 * that may never come. */
// expect once_each: proved; 38 states, 58 transitions, 128 schedules
// expect twice_each: proved; 160 states, 274 transitions, 1864285 schedules
// expect alone: deadlock; 4 states, 4 transitions, 1 schedules
#define AWAIT_SLEEPS
#include "mutex.h"

static bool enter(int me)
{
	return await(READ_ONCE(turn) == me);
}

static void leave(int me)
{
	set(turn, !me);
}

#include "scenarios.h"
