#include <raceproof.h>
struct ops { void (*run)(struct ops *ops); };
static void again(struct ops *ops) { ops->run(ops); }
static struct ops ops = { .run = again };
scenario s(void) { thread("a", ops.run(&ops)); }
