/* A domain is cleaned up while a grace period that is polled has yet to begin, or to end. */
// expect: rcu-misuse warn
#include <raceproof.h>
#include <linux/srcu.h>

static struct srcu_struct domain;

static void leave(void)
{
	start_poll_synchronize_srcu(&domain);
	cleanup_srcu_struct(&domain);
}

scenario srcu_polled_cleaned_up(void)
{
	init_srcu_struct(&domain);
	thread("leave", leave());
}
