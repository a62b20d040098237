/* Who uses the modelled SRCU at the same time. The including file names the part of the algorithm that is
 * left out; without a name it is as published. */
#include <raceproof.h>
#define RACEPROOF_SRCU_ALGORITHM
#include <linux/completion.h>
#include <linux/slab.h>
#include <linux/srcu.h>

DEFINE_STATIC_SRCU(domain);

struct item {
	int value;
};

static struct item *published;

static void publish_first(void)
{
	published = kzalloc(sizeof(*published), GFP_KERNEL);
}

/* ------------------------------------------------------------------ readers may sleep */

/* Steps that the alarm takes: about as many as a grace period. */
#define TICKS 12

static DECLARE_COMPLETION(asleep);
static DECLARE_COMPLETION(alarm_rang);
static int ticks;

static void sleep_until_alarm(void)
{
	complete(&asleep);
	wait_for_completion(&alarm_rang);
}

static void alarm(void)
{
	int tick;

	wait_for_completion(&asleep);
	for (tick = 1; tick <= TICKS; tick++)
		WRITE_ONCE(ticks, tick);
	complete(&alarm_rang);
}

/* ------------------------------------------------------------------ safety */

static void sleeper(void)
{
	int idx = srcu_read_lock(&domain);
	struct item *item = srcu_dereference(published, &domain);

	sleep_until_alarm();
	READ_ONCE(item->value);
	srcu_read_unlock(&domain, idx);
}

/* What a passer-by reads does not matter: it is counted. */
static void passer_by(void)
{
	int idx = srcu_read_lock(&domain);

	srcu_read_unlock(&domain, idx);
}

static void update(int times)
{
	struct item *item, *old;

	while (times--) {
		item = kzalloc(sizeof(*item), GFP_KERNEL);
		old = xchg(&published, item);
		synchronize_srcu(&domain);
		kfree(old);
	}
}

/* What a grace period is for. */
scenario reader_vs_updater(void)
{
	publish_first();
	thread("sleeper", sleeper());
	thread("alarm", alarm());
	thread("updater", update(1));
}

/* A reader comes and goes while the grace period waits for another. */
scenario two_readers_vs_updater(void)
{
	publish_first();
	thread("sleeper", sleeper());
	thread("passer-by", passer_by());
	thread("alarm", alarm());
	thread("updater", update(1));
}

/* A reader that straggles over the first grace period is met by the second. */
scenario reader_vs_two_updates(void)
{
	publish_first();
	thread("sleeper", sleeper());
	thread("alarm", alarm());
	thread("updater", update(2));
}

/* Two updaters, one of them twice. */
scenario two_readers_vs_two_updaters(void)
{
	publish_first();
	thread("sleeper", sleeper());
	thread("passer-by", passer_by());
	thread("alarm", alarm());
	thread("updater a", update(2));
	thread("updater b", update(1));
}

/* ------------------------------------------------------------------ forward progress */

static DECLARE_COMPLETION(first_inside);
static DECLARE_COMPLETION(baton_a);
static DECLARE_COMPLETION(baton_b);
static bool over;

/* Leaves when the other one is inside, and comes back at once: from here on somebody is inside at any
 * time, though no section is long. */
static void relay_first(void)
{
	int idx = srcu_read_lock(&domain);

	complete(&first_inside);
	while (!READ_ONCE(over)) {
		wait_for_completion(&baton_a);
		srcu_read_unlock(&domain, idx);
		idx = srcu_read_lock(&domain);
		complete(&baton_b);
	}
	srcu_read_unlock(&domain, idx);
	complete_all(&baton_b);
}

static void relay_second(void)
{
	int idx;

	while (!READ_ONCE(over)) {
		idx = srcu_read_lock(&domain);
		complete(&baton_a);
		wait_for_completion(&baton_b);
		srcu_read_unlock(&domain, idx);
	}
	complete_all(&baton_a);
}

static void relay_updater(void)
{
	wait_for_completion(&first_inside);
	synchronize_srcu(&domain);
	WRITE_ONCE(over, true);
}

/* Readers that relieve each other for ever must not keep a grace period from ending. */
scenario relay_vs_updater(void)
{
	thread("relay a", relay_first());
	thread("relay b", relay_second());
	thread("updater", relay_updater());
}
