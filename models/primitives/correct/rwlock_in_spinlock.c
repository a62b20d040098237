/* Spinning is no sleep: a rwlock may be taken under a spinlock. When it is given back, its task may sleep. */
// expect: none
#include <raceproof.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

struct table {
	spinlock_t busy;
	rwlock_t lock;
	int entries;
};

static DEFINE_MUTEX(sleeps);

static void add(struct table *table)
{
	scoped_guard(spinlock, &table->busy) {
		guard(write_lock_irq)(&table->lock);
		table->entries++;
	}
	guard(mutex)(&sleeps);
}

static void look(struct table *table)
{
	scoped_guard(read_lock_irqsave, &table->lock)
		assert(table->entries <= 2);
	guard(mutex)(&sleeps);
}

scenario rwlock_in_spinlock(void)
{
	struct table *table = kzalloc(sizeof(*table), GFP_KERNEL);

	spin_lock_init(&table->busy);
	rwlock_init(&table->lock);
	thread("add", add(table));
	thread("add too", add(table));
	thread("look", look(table));
	at_end(table->entries == 2);
}
