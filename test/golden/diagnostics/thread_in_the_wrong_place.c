#include <raceproof.h>
static int x;
static void f(void) { thread("inner", x++); always(x > 0); }
scenario s(void)
{
	int i;

	if (x)
		thread("conditional", x++);
	for (i = 0; i < 2; i++)
		thread("looped", x++);
	thread("first", f());
	x = 3;
	i = 4;
	thread("second", x++);
	if (x)
		x = 5;
	at_end(x);
}
