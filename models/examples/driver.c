/* A driver of an invented meter: readers of its settings are under RCU, and samples are taken by a work
 * item. The example of docs/MODELLING.md, with two races; driver-fixed.c is the same without them
 * (DRIVER_FIXED). */
#include <raceproof.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

struct settings {
	int scale;
	struct rcu_head rcu;
};

struct meter {
	struct settings __rcu *settings;
	struct mutex settings_lock;		/* writers of settings */
	spinlock_t enabled_lock;
	bool enabled;
	struct work_struct sample;
	int reading;
};

static void meter_sample(struct work_struct *work)
{
	struct meter *meter = container_of(work, struct meter, sample);
	struct settings *settings;

	rcu_read_lock();
	settings = rcu_dereference(meter->settings);
	if (settings)
		WRITE_ONCE(meter->reading, settings->scale);
	rcu_read_unlock();
}

static int meter_set_scale(struct meter *meter, int scale)
{
	struct settings *new, *old;

	new = kzalloc(sizeof(*new), GFP_KERNEL);
	if (!new)
		return -ENOMEM;
	new->scale = scale;
	mutex_lock(&meter->settings_lock);
	old = rcu_replace_pointer(meter->settings, new, lockdep_is_held(&meter->settings_lock));
	mutex_unlock(&meter->settings_lock);
#ifdef DRIVER_FIXED
	kfree_rcu(old, rcu);
#else
	kfree(old);
#endif
	return 0;
}

static void meter_trigger(struct meter *meter)
{
#ifdef DRIVER_FIXED
	guard(spinlock)(&meter->enabled_lock);
#endif
	if (READ_ONCE(meter->enabled))
		schedule_work(&meter->sample);
}

/* The settings go with the device: from here on nobody may sample. */
static void meter_remove(struct meter *meter)
{
#ifdef DRIVER_FIXED
	scoped_guard(spinlock, &meter->enabled_lock)
		WRITE_ONCE(meter->enabled, false);
#else
	WRITE_ONCE(meter->enabled, false);
#endif
	cancel_work_sync(&meter->sample);
	kfree(rcu_access_pointer(meter->settings));
}

/* ------------------------------------------------------------------ scenarios */

static struct meter *meter_probe(void)
{
	struct meter *meter = kzalloc(sizeof(*meter), GFP_KERNEL);

	mutex_init(&meter->settings_lock);
	spin_lock_init(&meter->enabled_lock);
	INIT_WORK(&meter->sample, meter_sample);
	meter_set_scale(meter, 1);
	meter->enabled = true;
	return meter;
}

/* The scale is changed while a sample is taken. */
scenario set_vs_sample(void)
{
	struct meter *meter = meter_probe();

	thread("set", meter_set_scale(meter, 2));
	thread("trigger", meter_trigger(meter));
	at_end(meter->reading == 1 || meter->reading == 2);
}

/* The device goes away while a sample is asked for. */
scenario trigger_vs_remove(void)
{
	struct meter *meter = meter_probe();

	thread("trigger", meter_trigger(meter));
	thread("remove", meter_remove(meter));
}
