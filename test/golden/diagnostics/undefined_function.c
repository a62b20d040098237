#include <raceproof.h>
int declared_only(int x);
struct thing;
struct thing *find_thing(void);
static void f(void)
{
	declared_only(1);
	find_thing();
	never_seen(2);
	mutex_lok(0);
}
scenario s(void) { thread("a", f()); }
