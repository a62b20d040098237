#include <raceproof.h>
static int x;
scenario s(void)
{
	thread("1", x++); thread("2", x++); thread("3", x++); thread("4", x++);
	thread("5", x++); thread("6", x++); thread("7", x++); thread("8", x++);
	thread("9", x++); thread("10", x++); thread("11", x++); thread("12", x++);
	thread("13", x++); thread("14", x++); thread("15", x++); thread("16", x++);
	thread("17", x++);
}
