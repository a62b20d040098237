/* One way out of the reader ends the section twice. */
// expect: rcu-misuse
#include <raceproof.h>
#include <linux/compiler.h>
#include <linux/srcu.h>

DEFINE_STATIC_SRCU(domain);
static int gone;

static void reader(void)
{
	int idx = srcu_read_lock(&domain);

	if (READ_ONCE(gone))
		srcu_read_unlock(&domain, idx);
	srcu_read_unlock(&domain, idx);
}

static void remover(void)
{
	WRITE_ONCE(gone, 1);
}

scenario srcu_unbalanced(void)
{
	thread("reader", reader());
	thread("remover", remover());
}
