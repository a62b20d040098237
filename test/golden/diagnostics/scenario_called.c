// options: scenario=s
#include <raceproof.h>
static int x;
scenario inner(void) { thread("a", x++); }
scenario s(void)
{
	inner();
	thread("a", inner());
}
