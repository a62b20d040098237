/* Each picks 0 or 2 (1 is assumed away); one of the four pairs is wrong. */
// expect: assertion
#include <raceproof.h>
#include <linux/compiler.h>

static int a, b;

static void pick(int *where)
{
	int value = choose(3);

	assume(value != 1);
	WRITE_ONCE(*where, value);
}

scenario choose_assume(void)
{
	thread("a", pick(&a));
	thread("b", pick(&b));
	at_end(a + b < 4);
}
