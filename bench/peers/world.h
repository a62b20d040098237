/* What a program does, for SPIN's pan: the state of a run as one struct, with everything in it that tells
 * two states apart and nothing else (see assembly/machine/identity.ts), and the primitives that the BPF OOM
 * models use, written after the comments of assembly/abi.ts. The steps themselves are generated (pan.ts),
 * together with what stands above this file's text:
 *
 *   THREADS SLOTS REGS CELLS GROUPS BASE END     sizes; pointers go from BASE to END - 1
 *   where[]   of each pointer: its cell in the struct, or -1 where nobody ever stores: see fixed[]
 *   fixed[]   what such a cell holds
 *   group[]   of each pointer: its place in `shadow`, ALWAYS, or NEVER
 *   heap[]    of each pointer: 1 where a heap object begins; size[] of it
 *   frames[]  of each slot: where its locals lie
 *   FUNCTION_BASE             function pointers are this and more
 *   op[], a[], imm[]  of each instruction;  entry[] of each function, 0 where it cannot be started
 *
 * A violation other than a WARN ends the run; all such ends are one state. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NEVER = -1, ALWAYS = -2 };
enum { ABSENT, LIVE, FREED };
enum { THREAD, KWORKER, CALLBACK };
enum { LOCK_OWNER = 0, DOMAIN_FLAGS = 2, DOMAIN_PENDING = 3, DOMAIN_CELLS = 4, HEAD_QUEUED = 0 };
enum { DOMAIN_ATOMIC = 1, DOMAIN_SOFTIRQ = 2, DOMAIN_READY = 4 };
enum { WORK_FUNCTION, WORK_PENDING, WORK_RUNNING, WORK_DISABLED, WORK_CELLS };
enum { QUEUE_MAX_ACTIVE, QUEUE_ACTIVE, QUEUE_WAITING, QUEUE_DRAINERS, QUEUE_CELLS };
enum { CSS_REFS, CSS_DEAD, CSS_CELLS };

typedef unsigned int u32;
typedef unsigned long long u64;

/* As small as it can be: pan hashes and compares all of it. What does not fit is refused. */
struct task {
	short r[REGS];
	unsigned short wait, pc, domain, argument, queue;
	unsigned char function, ticket, kind, atomic, locks, sections;
};

struct world {
	struct task task[SLOTS];
	short cell[CELLS];
	unsigned short writer[CELLS], freed_by[GROUPS];
	unsigned char shadow[GROUPS];
	unsigned short live, waiting;
	unsigned char over;
};

static void refuse(const char *what, u32 at)
{
	fprintf(stderr, "not translated: %s %u\n", what, at);
	exit(3);
}

static short narrow(int value)
{
	if (value != (short)value)
		refuse("a value of more than 16 bits,", value);
	return value;
}

static int lives(const struct world *w, u32 p)
{
	int g = p >= BASE && p < END ? group[p - BASE] : NEVER;

	return g == ALWAYS || (g >= 0 && w->shadow[g] == LIVE);
}

static int load(const struct world *w, u32 p)
{
	int at = where[p - BASE];

	return at >= 0 ? w->cell[at] : fixed[p - BASE];
}

static void set(struct world *w, u32 p, int value)
{
	int at = where[p - BASE];

	if (at >= 0)
		w->cell[at] = narrow(value);
	else if (fixed[p - BASE] != value)
		refuse("a store to cell", p);
}

static void store(struct world *w, u32 p, int value, u32 site)
{
	int at = where[p - BASE];

	if (at < 0)
		refuse("a store to cell", p);
	w->cell[at] = narrow(value);
	w->writer[at] = site;
}

static void add(struct world *w, u32 p, int n)
{
	set(w, p, load(w, p) + n);
}

/* The content of what does not live is forgotten. */
static void shade(struct world *w, u32 p, u32 cells, int shadow)
{
	u32 end = p + cells;

	for (; p < end; p++) {
		int at = where[p - BASE];

		w->shadow[group[p - BASE]] = shadow;
		if (at < 0) {
			if (group[p - BASE] >= 0 && shadow == LIVE)
				refuse("a local at cell", p);
			continue;
		}
		w->cell[at] = 0;
		w->writer[at] = 0;
	}
}

static int usable(struct world *w, u32 p, u32 cells)
{
	u32 i;

	for (i = 0; i < cells; i++)
		if (!lives(w, p + i))
			w->over = 1;
	return !w->over;
}

static int all_live(const struct world *w, u32 p, u32 cells)
{
	u32 i;

	for (i = 0; i < cells; i++)
		if (!lives(w, p + i))
			return 0;
	return 1;
}

static void violate(struct world *w)
{
	w->over = 1;
}

/* ---------------------------------------------------------------- tasks */

static int unstarted(const struct world *w, u32 s)
{
	int at = op[w->task[s].pc];

	return at == OP_WORK_START || at == OP_CALLBACK_START;
}

static void wait_for(struct world *w, u32 s, u32 domain, u64 mask)
{
	if (mask >> 16)
		refuse("reads nested, seen by slot", s);
	w->task[s].wait = mask;
	w->task[s].domain = domain;
	w->waiting = mask ? w->waiting | 1 << s : w->waiting & ~(1 << s);
}

static void release(struct world *w, u32 domain, u64 bits)
{
	u32 s;

	for (s = 0; s < SLOTS; s++) {
		if (!(w->waiting >> s & 1) || w->task[s].domain != domain)
			continue;
		w->task[s].wait &= ~bits;
		if (!w->task[s].wait)
			w->waiting &= ~(1 << s);
	}
}

static int spawn(struct world *w, int kind, u32 function, u32 pc, u32 argument, u32 queue, int atomic)
{
	u32 s = THREADS;

	while (s < SLOTS && w->live >> s & 1)
		s++;
	if (s == SLOTS)
		refuse("a task in slot", s);
	memset(&w->task[s], 0, sizeof(struct task));
	w->task[s].pc = pc;
	w->task[s].kind = kind;
	w->task[s].function = function;
	w->task[s].argument = argument;
	w->task[s].queue = queue;
	w->task[s].atomic = atomic;
	w->task[s].r[2] = argument;
	w->live |= 1 << s;
	return s;
}

/* Where a function starts as a task, or 0 and the end of the run. */
static u32 entry_of(struct world *w, u32 callback)
{
	u32 f = callback - FUNCTION_BASE;

	if (f < FUNCTIONS && entry[f])
		return entry[f];
	violate(w);
	return 0;
}

static int may_sleep(struct world *w, u32 s)
{
	if (w->task[s].atomic)
		violate(w);
	return !w->over;
}

static void task_exit(struct world *w, u32 s)
{
	struct task *t = &w->task[s];

	if (t->locks || t->sections)
		violate(w);
	if (t->kind == KWORKER) {
		if (all_live(w, t->argument, WORK_CELLS) && load(w, t->argument + WORK_RUNNING))
			add(w, t->argument + WORK_RUNNING, -1);
		if (all_live(w, t->queue, QUEUE_CELLS))
			add(w, t->queue + QUEUE_ACTIVE, -1);
	} else if (t->kind == CALLBACK && all_live(w, t->queue, DOMAIN_CELLS))
		add(w, t->queue + DOMAIN_PENDING, -1);
	memset(t, 0, sizeof(struct task));
	w->live &= ~(1 << s);
	w->waiting &= ~(1 << s);
	release(w, 0, 1ull << s);
}

/* ---------------------------------------------------------------- locks, counts, memory */

static void mutex_lock(struct world *w, u32 s, u32 lock)
{
	if (!lives(w, lock) || load(w, lock))
		violate(w);
	else if (may_sleep(w, s)) {
		set(w, lock, s + 1);
		w->task[s].locks++;
	}
}

static void mutex_unlock(struct world *w, u32 s, u32 lock)
{
	if (!lives(w, lock) || load(w, lock) != (int)s + 1) {
		violate(w);
		return;
	}
	set(w, lock, 0);
	w->task[s].locks--;
}

static int refcount_dec_and_test(struct world *w, u32 count)
{
	int old;

	if (!lives(w, count) || (old = load(w, count)) <= 0) {
		violate(w);
		return 0;
	}
	set(w, count, old - 1);
	return old == 1;
}

static int refcount_inc_not_zero(struct world *w, u32 count)
{
	int old;

	if (!lives(w, count) || (old = load(w, count)) < 0) {
		violate(w);
		return 0;
	}
	if (old)
		set(w, count, old + 1);
	return old != 0;
}

static void refcount_inc(struct world *w, u32 count)
{
	if (!lives(w, count) || load(w, count) <= 0)
		violate(w);
	else
		add(w, count, 1);
}

static void release_object(struct world *w, u32 p, u32 site)
{
	int g;

	if (!p)
		return;
	if (p < BASE || p >= END || !heap[p - BASE] || w->shadow[g = group[p - BASE]] != LIVE) {
		violate(w);
		return;
	}
	shade(w, p, size[p - BASE], FREED);
	w->freed_by[g] = site;
}

static int css_tryget(struct world *w, u32 css, int online)
{
	if (!usable(w, css, CSS_CELLS) || !load(w, css + CSS_REFS) || (online && load(w, css + CSS_DEAD)))
		return 0;
	add(w, css + CSS_REFS, 1);
	return 1;
}

static int css_put(struct world *w, u32 css)
{
	if (!usable(w, css, CSS_CELLS))
		return 0;
	if (!load(w, css + CSS_REFS)) {
		violate(w);
		return 0;
	}
	add(w, css + CSS_REFS, -1);
	return !load(w, css + CSS_REFS);
}

static void css_get(struct world *w, u32 css)
{
	if (!usable(w, css, CSS_CELLS))
		return;
	if (!load(w, css + CSS_REFS))
		violate(w);
	else
		add(w, css + CSS_REFS, 1);
}

static void css_kill(struct world *w, u32 css)
{
	if (usable(w, css, CSS_CELLS))
		set(w, css + CSS_DEAD, 1);
}

/* ---------------------------------------------------------------- grace periods */

static u64 sections(const struct world *w, u32 domain)
{
	return (unsigned short)load(w, domain);
}

static void set_sections(struct world *w, u32 domain, u64 value)
{
	if (value >> 15)
		refuse("reads nested in domain", domain);
	set(w, domain, value);
}

static int domain_usable(struct world *w, u32 domain)
{
	if (usable(w, domain, DOMAIN_CELLS) && !(load(w, domain + DOMAIN_FLAGS) & DOMAIN_READY))
		violate(w);
	return !w->over;
}

static int gp_read_lock(struct world *w, u32 s, u32 domain)
{
	int level;

	if (!domain_usable(w, domain))
		return 0;
	for (level = 0; level < 4; level++) {
		if (sections(w, domain) >> (16 * level + s) & 1)
			continue;
		set_sections(w, domain, sections(w, domain) | 1ull << (16 * level + s));
		w->task[s].sections++;
		if (load(w, domain + DOMAIN_FLAGS) & DOMAIN_ATOMIC)
			w->task[s].atomic++;
		return 16 * level + s;
	}
	refuse("reads nested in slot", s);
	return 0;
}

static void gp_read_unlock(struct world *w, u32 s, u32 domain, u32 index, int last)
{
	u32 reader;

	if (!domain_usable(w, domain))
		return;
	if (last)
		for (index = 48 + s; index >= 16 && !(sections(w, domain) >> index & 1); index -= 16)
			;
	if (index >= 64 || !(sections(w, domain) >> index & 1)) {
		violate(w);
		return;
	}
	set_sections(w, domain, sections(w, domain) & ~(1ull << index));
	reader = index & 15;
	w->task[reader].sections--;
	if (load(w, domain + DOMAIN_FLAGS) & DOMAIN_ATOMIC)
		w->task[reader].atomic--;
	release(w, domain, 1ull << index);
}

static void gp_start(struct world *w, u32 s, u32 domain)
{
	if (!domain_usable(w, domain))
		return;
	if (sections(w, domain) >> s & 0x0001000100010001ull)
		violate(w);
	else if (may_sleep(w, s)) {
		add(w, domain + DOMAIN_PENDING, 1);
		wait_for(w, s, domain, sections(w, domain));
	}
}

static void gp_wait(struct world *w, u32 s)
{
	u32 domain = w->task[s].domain;

	w->task[s].domain = 0;
	if (domain && usable(w, domain, DOMAIN_CELLS))
		add(w, domain + DOMAIN_PENDING, -1);
}

static void gp_call(struct world *w, u32 domain, u32 head, u32 callback)
{
	u32 pc;
	int s;

	if (!domain_usable(w, domain))
		return;
	if (!lives(w, head) || load(w, head + HEAD_QUEUED)) {
		violate(w);
		return;
	}
	pc = entry_of(w, callback);
	if (!pc)
		return;
	set(w, head + HEAD_QUEUED, 1);
	s = spawn(w, CALLBACK, callback - FUNCTION_BASE, pc, head, domain,
		  load(w, domain + DOMAIN_FLAGS) & DOMAIN_SOFTIRQ ? 1 : 0);
	add(w, domain + DOMAIN_PENDING, 1);
	wait_for(w, s, domain, sections(w, domain));
}

static void callback_start(struct world *w, u32 s)
{
	struct task *t = &w->task[s];

	t->domain = 0;
	if (!usable(w, t->queue, DOMAIN_CELLS))
		return;
	if (lives(w, t->argument))
		set(w, t->argument + HEAD_QUEUED, 0);
	else
		violate(w);
}

/* ---------------------------------------------------------------- work */

static int queue_work(struct world *w, u32 queue, u32 work)
{
	u32 pc;
	int s;

	if (!usable(w, queue, QUEUE_CELLS) || !usable(w, work, WORK_CELLS))
		return 0;
	if (load(w, work + WORK_PENDING) | load(w, work + WORK_DISABLED))
		return 0;
	if (load(w, queue + QUEUE_DRAINERS))
		refuse("a workqueue that is drained,", queue);
	pc = entry_of(w, load(w, work + WORK_FUNCTION));
	if (!pc)
		return 0;
	/* WORK_START stands behind CALLBACK_START. */
	s = spawn(w, KWORKER, load(w, work + WORK_FUNCTION) - FUNCTION_BASE, pc + 1, work, queue, 0);
	set(w, work + WORK_PENDING, 1);
	add(w, queue + QUEUE_WAITING, 1);
	w->task[s].ticket = 255;
	return 1;
}

static void work_start(struct world *w, u32 s)
{
	struct task *t = &w->task[s];

	if (!usable(w, t->argument, WORK_CELLS) || !usable(w, t->queue, QUEUE_CELLS))
		return;
	set(w, t->argument + WORK_PENDING, 0);
	add(w, t->argument + WORK_RUNNING, 1);
	add(w, t->queue + QUEUE_ACTIVE, 1);
	add(w, t->queue + QUEUE_WAITING, -1);
}

static int work_blocks(const struct world *w, u32 s)
{
	const struct task *t = &w->task[s];
	int width;
	u32 o;

	if (!all_live(w, t->queue, QUEUE_CELLS) || !all_live(w, t->argument, WORK_CELLS))
		return 0;
	for (o = THREADS; o < SLOTS; o++) {
		const struct task *other = &w->task[o];

		if (o != s && w->live >> o & 1 && other->kind == KWORKER && other->queue == t->queue &&
		    other->argument == t->argument && other->function == t->function && !unstarted(w, o))
			return 1;
	}
	width = load(w, t->queue + QUEUE_MAX_ACTIVE);
	if (width < 1)
		width = 1;
	if (load(w, t->queue + QUEUE_ACTIVE) >= width)
		return 1;
	if (width > 1)
		return 0;
	for (o = THREADS; o < SLOTS; o++) {
		const struct task *other = &w->task[o];

		if (o != s && w->live >> o & 1 && other->kind == KWORKER && other->queue == t->queue &&
		    unstarted(w, o) && other->ticket < t->ticket)
			return 1;
	}
	return 0;
}

/* Only the order of tickets counts: of those that wait, and of those that execute one item. */
static void number_tickets(struct world *w)
{
	unsigned char turn[SLOTS];
	u32 s, o;

	for (s = THREADS; s < SLOTS; s++) {
		turn[s] = 0;
		if (!(w->live >> s & 1) || w->task[s].kind != KWORKER)
			continue;
		turn[s] = unstarted(w, s) ? 128 : 0;
		for (o = THREADS; o < SLOTS; o++)
			if (o != s && w->live >> o & 1 && w->task[o].kind == KWORKER &&
			    unstarted(w, o) == unstarted(w, s) && w->task[o].ticket < w->task[s].ticket &&
			    (unstarted(w, s) || w->task[o].argument == w->task[s].argument))
				turn[s]++;
	}
	for (s = THREADS; s < SLOTS; s++)
		w->task[s].ticket = turn[s];
}

/* ---------------------------------------------------------------- who can step */

static int can(const struct world *w, u32 s)
{
	const struct task *t = &w->task[s];
	u32 x;
	int owner;

	if (!(w->live >> s & 1) || w->over)
		return 0;
	switch (op[t->pc]) {
	case OP_GP_WAIT:
	case OP_CALLBACK_START:
		return !(w->waiting >> s & 1);
	case OP_WORK_START:
		return !work_blocks(w, s);
	case OP_MUTEX_LOCK:
		x = (a[t->pc] == 1 ? frames[s] : (u32)t->r[a[t->pc]]) + imm[t->pc];
		owner = lives(w, x) ? load(w, x) : 0;
		return !owner || owner == (int)s + 1;
	}
	return 1;
}
