/* Write to read causality: what a task has seen before it wrote, its reader sees too.
 * The kernel has it as WRC+pooncerelease+fencermbonceonce+Once, among its litmus tests. */
// expect forbidden: proved; 83 states, 136 transitions, 280 schedules
// expect outcomes: assertion at 7 places; 83 states, 136 transitions, 280 schedules
#include <raceproof.h>
#include <linux/compiler.h>

static int x, y, r0, r1, r2;

#define outcome(a, b, c) (r0 == (a) && r1 == (b) && r2 == (c))

static void p0(void)
{
	WRITE_ONCE(x, 1);
}

static void p1(void)
{
	WRITE_ONCE(r0, READ_ONCE(x));
	WRITE_ONCE(y, 1);
}

static void p2(void)
{
	WRITE_ONCE(r1, READ_ONCE(y));
	WRITE_ONCE(r2, READ_ONCE(x));
}

/* What no order of the steps gives. */
scenario forbidden(void)
{
	thread("P0", p0());
	thread("P1", p1());
	thread("P2", p2());
	at_end(!outcome(1, 1, 0));
}

/* Each outcome that some order gives is a finding of its own. */
scenario outcomes(void)
{
	thread("P0", p0());
	thread("P1", p1());
	thread("P2", p2());
	at_end(!outcome(0, 0, 0));
	at_end(!outcome(0, 0, 1));
	at_end(!outcome(0, 1, 0));
	at_end(!outcome(0, 1, 1));
	at_end(!outcome(1, 0, 0));
	at_end(!outcome(1, 0, 1));
	at_end(!outcome(1, 1, 0));
	at_end(!outcome(1, 1, 1));
}
