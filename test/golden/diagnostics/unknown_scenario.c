// options: scenario=close-vs-rmdri
#include <raceproof.h>
static int x;
scenario close_vs_rmdir(void) { thread("a", x++); }
scenario storm(void) { thread("a", x++); }
