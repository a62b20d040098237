/* S: two writes against a read and a write. Who has seen the second write overwrites the first.
 * The kernel has it as S+fencewmbonceonce+poacquireonce, among its litmus tests. */
// expect forbidden: proved; 17 states, 21 transitions, 10 schedules
// expect outcomes: assertion at 3 places; 17 states, 21 transitions, 10 schedules
#include <raceproof.h>
#include <linux/compiler.h>

static int x, y, r0;

#define outcome(a, b) (x == (a) && r0 == (b))

static void p0(void)
{
	WRITE_ONCE(x, 2);
	WRITE_ONCE(y, 1);
}

static void p1(void)
{
	WRITE_ONCE(r0, READ_ONCE(y));
	WRITE_ONCE(x, 1);
}

/* What no order of the steps gives. */
scenario forbidden(void)
{
	thread("P0", p0());
	thread("P1", p1());
	at_end(!outcome(2, 1));
}

/* Each outcome that some order gives is a finding of its own. */
scenario outcomes(void)
{
	thread("P0", p0());
	thread("P1", p1());
	at_end(!outcome(1, 0));
	at_end(!outcome(1, 1));
	at_end(!outcome(2, 0));
	at_end(!outcome(2, 1));
}
