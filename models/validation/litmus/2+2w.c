/* 2+2W: both tasks write both words, in opposite order. Not both first writes may be the last ones. */
// expect forbidden: proved; 13 states, 15 transitions, 6 schedules
// expect outcomes: assertion at 3 places; 13 states, 15 transitions, 6 schedules
#include <raceproof.h>
#include <linux/compiler.h>

static int x, y;

#define outcome(a, b) (x == (a) && y == (b))

static void p0(void)
{
	WRITE_ONCE(x, 2);
	WRITE_ONCE(y, 1);
}

static void p1(void)
{
	WRITE_ONCE(y, 2);
	WRITE_ONCE(x, 1);
}

/* What no order of the steps gives. */
scenario forbidden(void)
{
	thread("P0", p0());
	thread("P1", p1());
	at_end(!outcome(2, 2));
}

/* Each outcome that some order gives is a finding of its own. */
scenario outcomes(void)
{
	thread("P0", p0());
	thread("P1", p1());
	at_end(!outcome(1, 1));
	at_end(!outcome(1, 2));
	at_end(!outcome(2, 1));
	at_end(!outcome(2, 2));
}
