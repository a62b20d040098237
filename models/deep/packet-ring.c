/* A packet socket's ring buffer, and the version of its format: what was behind CVE-2016-8655. Written after
 * the description of the fix ("packet: fix race condition in packet_set_ring", Linux 4.9): the version may
 * change only while there is no ring, and setsockopt(PACKET_VERSION) looked for one without the socket's
 * lock. A ring of version 3 has a timer, which closing the socket stops, if the version is still 3.
 *
 * Four orders must come together: the version is checked before there is a ring; it is set after the ring's
 * timer was started for version 3, and before closing looks; and the timer fires after the socket is gone.
 *
 * Left out: rings for sending, the frames, the socket's reference counts. The timer fires once.
 * packet-ring-fixed.c takes the lock (PACKET_FIXED). */
#include <raceproof.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

enum { TPACKET_V1, TPACKET_V2, TPACKET_V3 };

struct packet_sock {
	struct mutex lock;			/* lock_sock() */
	spinlock_t bind_lock;
	int tp_version;
	int tp_hdrlen;
	bool running;
	int num;
	int *pg_vec;
	int pg_vec_len;
	struct work_struct retire_blk_timer;
	int blocks_retired;
};

static void prb_retire_rx_blk_timer_expired(struct work_struct *work)
{
	struct packet_sock *po = container_of(work, struct packet_sock, retire_blk_timer);

	WRITE_ONCE(po->blocks_retired, 1);
}

static void init_prb_bdqc(struct packet_sock *po)
{
	WRITE_ONCE(po->blocks_retired, 0);
	schedule_work(&po->retire_blk_timer);
}

/* Nothing reaches the socket from here on, until it is attached again. */
static bool packet_detach(struct packet_sock *po, int *num)
{
	bool was_running;

	spin_lock(&po->bind_lock);
	was_running = po->running;
	*num = po->num;
	if (was_running) {
		po->num = 0;
		po->running = false;
	}
	spin_unlock(&po->bind_lock);
	synchronize_rcu();
	return was_running;
}

static void packet_attach(struct packet_sock *po, int num)
{
	spin_lock(&po->bind_lock);
	po->num = num;
	po->running = true;
	spin_unlock(&po->bind_lock);
}

/* With blocks: a new ring. Without: the socket is being closed. */
static int packet_set_ring(struct packet_sock *po, int blocks)
{
	bool was_running, closing = blocks == 0;
	int *pg_vec = NULL, *old;
	int err = -EBUSY, num;

#ifdef PACKET_FIXED
	mutex_lock(&po->lock);
#endif
	if (!closing) {
		if (READ_ONCE(po->pg_vec))
			goto out;
		WRITE_ONCE(po->tp_hdrlen, READ_ONCE(po->tp_version) == TPACKET_V3 ? 48 : 32);
		pg_vec = kzalloc(sizeof(*pg_vec), GFP_KERNEL);
		if (READ_ONCE(po->tp_version) == TPACKET_V3)
			init_prb_bdqc(po);
	}
#ifndef PACKET_FIXED
	mutex_lock(&po->lock);
#endif
	was_running = packet_detach(po, &num);
	old = xchg(&po->pg_vec, pg_vec);
	WRITE_ONCE(po->pg_vec_len, blocks);
	if (was_running && !closing)
		packet_attach(po, num);
	if (closing && READ_ONCE(po->tp_version) == TPACKET_V3)
		cancel_work_sync(&po->retire_blk_timer);
	err = 0;
	kfree(old);
#ifndef PACKET_FIXED
	mutex_unlock(&po->lock);
	return err;
out:
	return err;
#else
out:
	mutex_unlock(&po->lock);
	return err;
#endif
}

static int packet_set_version(struct packet_sock *po, int version)
{
	int err = -EBUSY;

#ifdef PACKET_FIXED
	mutex_lock(&po->lock);
#endif
	if (!READ_ONCE(po->pg_vec)) {
		WRITE_ONCE(po->tp_version, version);
		err = 0;
	}
#ifdef PACKET_FIXED
	mutex_unlock(&po->lock);
#endif
	return err;
}

/* The file holds the socket until both syscalls are over: it is freed by who leaves last. */
static void packet_release(struct packet_sock *po)
{
	packet_set_ring(po, 0);
}

static atomic_t users = ATOMIC_INIT(2);

static void packet_leave(struct packet_sock *po)
{
	if (atomic_dec_and_test(&users)) {
		packet_release(po);
		kfree(po);
	}
}

static void use_ring(struct packet_sock *po)
{
	packet_set_ring(po, 1);
	packet_leave(po);
}

static void change_version(struct packet_sock *po)
{
	packet_set_version(po, TPACKET_V1);
	packet_leave(po);
}

scenario ring_vs_version(void)
{
	struct packet_sock *po = kzalloc(sizeof(*po), GFP_KERNEL);

	mutex_init(&po->lock);
	spin_lock_init(&po->bind_lock);
	INIT_WORK(&po->retire_blk_timer, prb_retire_rx_blk_timer_expired);
	po->tp_version = TPACKET_V3;
	po->running = true;
	po->num = 3;
	thread("setsockopt(RX_RING)", use_ring(po));
	thread("setsockopt(VERSION)", change_version(po));
}
