#include <raceproof.h>
#include "not_there.h"
static int x;
scenario s(void) { thread("a", x++); }
