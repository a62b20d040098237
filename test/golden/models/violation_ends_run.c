// expect: double-free
/* A violation ends the run, also where the next step is one that may have to wait: NULL is never used. */
#include <raceproof.h>
#include <linux/mutex.h>
#include <linux/slab.h>

static DEFINE_MUTEX(mutex);
static int *null;

static void wrong_twice(void)
{
	void *p = kzalloc(1, GFP_KERNEL);

	kfree(p);
	kfree(p);
	mutex_lock(&mutex);
	*null = 1;
	mutex_unlock(&mutex);
}

scenario violation_ends_run(void)
{
	thread("left", wrong_twice());
	thread("right", wrong_twice());
}
