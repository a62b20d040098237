// options: strict
#include <raceproof.h>
#include <linux/list.h>
static struct list_head head;
static void f(void) { head.owner = 1; }
scenario s(void) { thread("a", f()); }
