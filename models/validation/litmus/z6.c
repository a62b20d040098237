/* Z6.0: a message that is passed on by a write which is overwritten.
 * The kernel has it as Z6.0+pooncerelease+poacquirerelease+fencembonceonce, among its litmus tests. */
// expect forbidden: proved; 98 states, 175 transitions, 560 schedules
// expect outcomes: assertion at 7 places; 98 states, 175 transitions, 560 schedules
#include <raceproof.h>
#include <linux/compiler.h>

static int x, y, z, r0, r1;

#define outcome(a, b, c) (r0 == (a) && z == (b) && r1 == (c))

static void p0(void)
{
	WRITE_ONCE(x, 1);
	WRITE_ONCE(y, 1);
}

static void p1(void)
{
	WRITE_ONCE(r0, READ_ONCE(y));
	WRITE_ONCE(z, 1);
}

static void p2(void)
{
	WRITE_ONCE(z, 2);
	WRITE_ONCE(r1, READ_ONCE(x));
}

/* What no order of the steps gives. */
scenario forbidden(void)
{
	thread("P0", p0());
	thread("P1", p1());
	thread("P2", p2());
	at_end(!outcome(1, 2, 0));
}

/* Each outcome that some order gives is a finding of its own. */
scenario outcomes(void)
{
	thread("P0", p0());
	thread("P1", p1());
	thread("P2", p2());
	at_end(!outcome(0, 1, 0));
	at_end(!outcome(0, 1, 1));
	at_end(!outcome(0, 2, 0));
	at_end(!outcome(0, 2, 1));
	at_end(!outcome(1, 1, 0));
	at_end(!outcome(1, 1, 1));
	at_end(!outcome(1, 2, 0));
	at_end(!outcome(1, 2, 1));
}
