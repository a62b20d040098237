/* A reader comes after the domain was cleaned up; one that is inside is warned about. */
// expect: rcu-misuse, warn
#include <raceproof.h>
#include <linux/srcu.h>

static struct srcu_struct srcu;

static void read(void)
{
	int index = srcu_read_lock(&srcu);

	srcu_read_unlock(&srcu, index);
}

scenario srcu_used_after_cleanup(void)
{
	init_srcu_struct(&srcu);
	thread("read", read());
	thread("cleanup", cleanup_srcu_struct(&srcu));
}
