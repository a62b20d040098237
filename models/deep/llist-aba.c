/* Two tasks take from a list without a lock by llist_del_first(), which must not be: the comment that opens
 * lib/llist.c of the kernel has the table of who needs a lock, and why. Between reading the first entry's
 * next and the cmpxchg() the other one takes that entry, takes the next, is done with both, and puts the
 * first one back: the cmpxchg() succeeds (the ABA problem), and the list begins with an entry that was freed.
 *
 * The other one's whole life must fit between two steps. llist-aba-fixed.c takes under a lock (LLIST_FIXED).
 * */
#include <raceproof.h>
#include <linux/compiler.h>
#include <linux/llist.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

struct buffer {
	struct llist_node node;
	int header;
	int data[4];
	int sum;
};

static LLIST_HEAD(free_buffers);
static DEFINE_SPINLOCK(take_lock);
static int sent;

static struct buffer *take(void)
{
	struct llist_node *node;

#ifdef LLIST_FIXED
	spin_lock(&take_lock);
#endif
	node = llist_del_first(&free_buffers);
#ifdef LLIST_FIXED
	spin_unlock(&take_lock);
#endif
	return node ? llist_entry(node, struct buffer, node) : NULL;
}

/* A packet is put together in a buffer, and is sent. */
static void fill(struct buffer *buffer, int value)
{
	int i;

	WRITE_ONCE(buffer->header, value);
	for (i = 0; i < 4; i++)
		WRITE_ONCE(buffer->data[i], value + i);
	WRITE_ONCE(buffer->sum, READ_ONCE(buffer->data[0]) + READ_ONCE(buffer->data[3]));
	WRITE_ONCE(sent, READ_ONCE(buffer->sum));
}

/* One buffer is kept for the next packet; there are too many of them: the other one goes. */
static void send_and_shrink(void)
{
	struct buffer *first = take();
	struct buffer *second = take();

	if (first)
		fill(first, 1);
	if (second) {
		fill(second, 2);
		kfree(second);
	}
	if (first)
		llist_add(&first->node, &free_buffers);
}

/* What was taken is never given back here, so that only the other one frees. */
static void send_two(void)
{
	struct buffer *buffer = take();

	if (buffer)
		WRITE_ONCE(buffer->header, 3);
	buffer = take();
	if (buffer)
		WRITE_ONCE(buffer->header, 4);
}

static void add_buffer(void)
{
	struct buffer *buffer = kzalloc(sizeof(*buffer), GFP_KERNEL);

	llist_add(&buffer->node, &free_buffers);
}

scenario two_takers(void)
{
	add_buffer();
	add_buffer();
	thread("send", send_two());
	thread("send and shrink", send_and_shrink());
}
