#include <raceproof.h>
#include <linux/slab.h>
static void (*release)(const void *);
static void f(void) { release = kfree; }
scenario s(void) { thread("a", f()); }
