#include <raceproof.h>
static int x;
scenario s(void)
{
	thread("a", x++;
	thread("b", x++);
}
