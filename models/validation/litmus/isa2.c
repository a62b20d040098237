/* ISA2: message passing by way of a third task.
 * The kernel has it as ISA2+pooncerelease+poacquirerelease+poacquireonce, among its litmus tests. */
// expect forbidden: proved; 117 states, 215 transitions, 1260 schedules
// expect outcomes: assertion at 7 places; 117 states, 215 transitions, 1260 schedules
#include <raceproof.h>
#include <linux/compiler.h>

static int x, y, z, r0, r1, r2;

#define outcome(a, b, c) (r0 == (a) && r1 == (b) && r2 == (c))

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
	WRITE_ONCE(r1, READ_ONCE(z));
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
