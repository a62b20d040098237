/* Independent reads of independent writes: two readers agree on which of two writes came first.
 * The kernel has it as IRIW+fencembonceonces+OnceOnce, among its litmus tests. */
// expect forbidden: proved; 316 states, 635 transitions, 6300 schedules
// expect outcomes: assertion at 15 places; 316 states, 635 transitions, 6300 schedules
#include <raceproof.h>
#include <linux/compiler.h>

static int x, y, r0, r1, r2, r3;

#define outcome(a, b, c, d) (r0 == (a) && r1 == (b) && r2 == (c) && r3 == (d))

static void p0(void)
{
	WRITE_ONCE(x, 1);
}

static void p1(void)
{
	WRITE_ONCE(r0, READ_ONCE(x));
	WRITE_ONCE(r1, READ_ONCE(y));
}

static void p2(void)
{
	WRITE_ONCE(y, 1);
}

static void p3(void)
{
	WRITE_ONCE(r2, READ_ONCE(y));
	WRITE_ONCE(r3, READ_ONCE(x));
}

/* What no order of the steps gives. */
scenario forbidden(void)
{
	thread("P0", p0());
	thread("P1", p1());
	thread("P2", p2());
	thread("P3", p3());
	at_end(!outcome(1, 0, 1, 0));
}

/* Each outcome that some order gives is a finding of its own. */
scenario outcomes(void)
{
	thread("P0", p0());
	thread("P1", p1());
	thread("P2", p2());
	thread("P3", p3());
	at_end(!outcome(0, 0, 0, 0));
	at_end(!outcome(0, 0, 0, 1));
	at_end(!outcome(0, 0, 1, 0));
	at_end(!outcome(0, 0, 1, 1));
	at_end(!outcome(0, 1, 0, 0));
	at_end(!outcome(0, 1, 0, 1));
	at_end(!outcome(0, 1, 1, 0));
	at_end(!outcome(0, 1, 1, 1));
	at_end(!outcome(1, 0, 0, 0));
	at_end(!outcome(1, 0, 0, 1));
	at_end(!outcome(1, 0, 1, 0));
	at_end(!outcome(1, 0, 1, 1));
	at_end(!outcome(1, 1, 0, 0));
	at_end(!outcome(1, 1, 0, 1));
	at_end(!outcome(1, 1, 1, 0));
	at_end(!outcome(1, 1, 1, 1));
}
