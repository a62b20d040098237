#include <raceproof.h>
static int x;
scenario s(void)
{
	int local = 1;

	thread("a", local = 2);
	thread("b", x = local++);
	at_end(local == 2);
}
