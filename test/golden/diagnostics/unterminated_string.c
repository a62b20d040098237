#include <raceproof.h>
static const char *text = "never closed;
scenario s(void) { thread("a", text++); }
