#include <raceproof.h>
#include <linux/list.h>
static struct list_head head;
static int f(void) { return head.owner->value; }
scenario s(void) { thread("a", f()); }
