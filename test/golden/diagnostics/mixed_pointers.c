#include <raceproof.h>
#include <linux/list.h>
struct item { int v; struct list_head node; };
static struct item item, *p;
static struct list_head *head;
static unsigned long word;
static int take(struct list_head *h) { return 0; }
static void f(void)
{
	p = head;
	take(&item);
	take(p);
	p = word;
	word = p;
	if (p == 5)
		p = 0;
	p = NULL;
	word = (unsigned long)p;
}
scenario s(void) { thread("a", f()); }
