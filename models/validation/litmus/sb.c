/* Store buffering: each task writes one word and reads the other's. Not both may read the old value.
 * The kernel has it as SB+fencembonceonces, among its litmus tests. */
// expect forbidden: proved; 28 states, 39 transitions, 20 schedules
// expect outcomes: assertion at 3 places; 28 states, 39 transitions, 20 schedules
#include <raceproof.h>
#include <linux/compiler.h>

static int x, y, r0, r1;

#define outcome(a, b) (r0 == (a) && r1 == (b))

static void p0(void)
{
	WRITE_ONCE(x, 1);
	WRITE_ONCE(r0, READ_ONCE(y));
}

static void p1(void)
{
	WRITE_ONCE(y, 1);
	WRITE_ONCE(r1, READ_ONCE(x));
}

/* What no order of the steps gives. */
scenario forbidden(void)
{
	thread("P0", p0());
	thread("P1", p1());
	at_end(!outcome(0, 0));
}

/* Each outcome that some order gives is a finding of its own. */
scenario outcomes(void)
{
	thread("P0", p0());
	thread("P1", p1());
	at_end(!outcome(0, 0));
	at_end(!outcome(0, 1));
	at_end(!outcome(1, 0));
	at_end(!outcome(1, 1));
}
