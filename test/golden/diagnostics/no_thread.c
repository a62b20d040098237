#include <raceproof.h>
static int x;
scenario s(void)
{
	x = 1;
	at_end(x == 1);
}
