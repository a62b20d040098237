#include <raceproof.h>
#include <linux/mutex.h>
#include <linux/slab.h>
static DEFINE_MUTEX(lock);
static int add(int a, int b) { return a + b; }
static int (*op)(int, int) = add;
static void f(void)
{
	add(1);
	add(1, 2, 3);
	op(1);
	mutex_lock();
	mutex_unlock(&lock, 1);
	READ_ONCE();
	kfree();
	WRITE_ONCE(lock.owner);
}
scenario s(void) { thread("a", f()); }
