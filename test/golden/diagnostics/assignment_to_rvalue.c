#include <raceproof.h>
enum { CONSTANT = 3 };
static int x, array[2];
static int get(void) { return x; }
static void f(void)
{
	get() = 5;
	CONSTANT = 6;
	array = 0;
	&x = 0;
	(x ? x : x) = 8;
	get = 0;
	CONSTANT++;
	"text"[0] = 1;
}
scenario s(void) { thread("a", f()); }
