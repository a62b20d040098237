/* A file descriptor is looked up while its socket is garbage-collected: what was behind CVE-2021-4083.
 * Written after the description of the fix ("fget: check that the fd still exists after getting a ref to it",
 * Linux 5.16). A socket that was sent through itself is in flight; once its last descriptor is closed, nobody
 * can reach it but by its own queue, and the collector, finding as many references in flight as there are in
 * all, throws that queue away. Whoever had read the descriptor's table before it was closed, and takes his
 * reference after the collector has counted, receives from that queue at the same time.
 *
 * Four orders must come together: the table is read before the close; the reference is taken after the count;
 * the message is looked at before the queue is thrown away, and used after it was freed.
 *
 * Left out: the table's RCU, more than one socket, the queue's links: it holds one message.
 * unix-gc-fixed.c reads the table once more after the reference was taken (UNIX_GC_FIXED). */
#include <raceproof.h>
#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

struct sk_buff {
	int len;
};

struct file {
	atomic_t f_count;
	spinlock_t queue_lock;
	struct sk_buff *queue;
	int peeked;
	int inflight;
	int owner;
	int dnotify;
	int posix_locks;
	int epoll;
	int flags;
};

static struct file *fdtable;
static DEFINE_MUTEX(files_lock);
static DEFINE_SPINLOCK(unix_gc_lock);
static bool gc_in_progress;
static int unix_tot_inflight;
static int candidates;

static struct file *fget(void)
{
	struct file *file = READ_ONCE(fdtable);

	if (!file || !atomic_inc_not_zero(&file->f_count))
		return NULL;
#ifdef UNIX_GC_FIXED
	if (READ_ONCE(fdtable) != file) {
		atomic_dec(&file->f_count);
		return NULL;
	}
#endif
	return file;
}

/* recv(MSG_PEEK): the message stays where it is, and is read without the queue's lock. */
static void unix_peek(void)
{
	struct file *file = fget();
	struct sk_buff *skb;

	if (!file)
		return;
	spin_lock(&file->queue_lock);
	skb = READ_ONCE(file->queue);
	WRITE_ONCE(file->peeked, 1);
	spin_unlock(&file->queue_lock);
	if (skb)
		READ_ONCE(skb->len);
	atomic_dec(&file->f_count);
}

/* What closing does before it drops the descriptor's reference. */
static void filp_close(struct file *file)
{
	WRITE_ONCE(file->flags, 0);
	WRITE_ONCE(file->dnotify, 0);
	WRITE_ONCE(file->posix_locks, 0);
	WRITE_ONCE(file->owner, 0);
	WRITE_ONCE(file->epoll, 0);
	atomic_dec(&file->f_count);
}

/* The socket is its own only child. */
static void scan_children(struct file *file, int change)
{
	spin_lock(&file->queue_lock);
	if (READ_ONCE(file->queue))
		WRITE_ONCE(file->inflight, READ_ONCE(file->inflight) + change);
	spin_unlock(&file->queue_lock);
}

static void unix_gc(struct file *file)
{
	struct sk_buff *hitlist = NULL;
	int total;

	spin_lock(&unix_gc_lock);
	WRITE_ONCE(gc_in_progress, true);
	total = atomic_read(&file->f_count);
	if (total == READ_ONCE(file->inflight)) {
		WRITE_ONCE(candidates, READ_ONCE(candidates) + 1);
		/* Less the references that candidates hold; what is left is held by somebody else. */
		scan_children(file, -1);
		if (READ_ONCE(file->inflight) == 0) {
			scan_children(file, 1);
			spin_lock(&file->queue_lock);
			hitlist = READ_ONCE(file->queue);
			WRITE_ONCE(file->queue, NULL);
			spin_unlock(&file->queue_lock);
			WRITE_ONCE(file->inflight, READ_ONCE(file->inflight) - 1);
			WRITE_ONCE(unix_tot_inflight, READ_ONCE(unix_tot_inflight) - 1);
		}
	}
	WRITE_ONCE(gc_in_progress, false);
	spin_unlock(&unix_gc_lock);
	kfree(hitlist);
}

static void close_and_collect(void)
{
	struct file *file;

	mutex_lock(&files_lock);
	file = READ_ONCE(fdtable);
	WRITE_ONCE(fdtable, NULL);
	mutex_unlock(&files_lock);
	filp_close(file);
	unix_gc(file);
}

scenario fget_vs_gc(void)
{
	struct file *file = kzalloc(sizeof(*file), GFP_KERNEL);

	spin_lock_init(&file->queue_lock);
	file->queue = kzalloc(sizeof(struct sk_buff), GFP_KERNEL);
	file->inflight = 1;
	unix_tot_inflight = 1;
	atomic_set(&file->f_count, 2);
	fdtable = file;
	thread("recv", unix_peek());
	thread("close, gc", close_and_collect());
}
