#include <raceproof.h>
struct pair { int a, b; };
static int x = 1;
static struct pair too_many = { 1, 2, 3 };
static struct pair unknown = { .c = 1 };
static int array[2] = { 1, 2, 3 };
static int outside[2] = { [5] = 1 };
static int from_variable = x;
static int scalar = { 1, 2 };
static char text[2] = "hello";
static int not_braced[2] = 5;
static void f(void)
{
	struct pair p = 3;
	int y = x;

	x = too_many.a + unknown.a + array[0] + outside[0] + from_variable + scalar + text[0] + not_braced[0];
}
scenario s(void) { thread("a", f()); }
