/* Each picks 0 or 2 (1 is assumed away), so the sum is even. */
// expect: none
#include <raceproof.h>
#include <linux/compiler.h>

static int a, b;

static void pick(int *where)
{
	int value = choose(3);

	assume(value != 1);
	WRITE_ONCE(*where, value);
}

scenario choose_even(void)
{
	thread("a", pick(&a));
	thread("b", pick(&b));
	at_end(a + b != 1 && a + b != 3);
}
