#include <raceproof.h>
static int x;
static const char *label = "a";
scenario s(void)
{
	thread(x++);
	thread("two", x++, x--);
	thread(label, x++);
	thread("twin", x++);
	thread("twin", x--);
	at_end();
	always(x, x);
}
