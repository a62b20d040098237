/* Enumerations with and without values, used as constants and types, also inside a function and a struct. */
#include "check.h"

enum { FIRST, SECOND, TENTH = 10, NEXT, NEGATIVE = -4, AFTER };
enum state { IDLE = 1, BUSY = IDLE << 3, BOTH = IDLE | BUSY };
struct machine { enum state state; enum { ON = 21, OFF } power; };
static int table[NEXT];

static void run(void)
{
	enum { LOCAL = 77, LATER };
	enum state s = BOTH;
	struct machine m = { .state = BUSY, .power = OFF };

	assert(FIRST == 0 && SECOND == 1 && TENTH == 10 && NEXT == 11 && NEGATIVE == -4 && AFTER == -3);
	assert(IDLE == 1 && BUSY == 8 && s == 9);
	assert(m.state == BUSY && m.power == 22 && ON == 21);
	assert(LOCAL == 77 && LATER == 78);
	assert(ARRAY_SIZE(table) == 11);
}
