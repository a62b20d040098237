/* The yardstick of raceproof's engine: the state machine to which the scenarios of models/bpf-oom/v2.c
 * compile, written by hand as a C programmer writes such a thing. One case of one switch is one step; the
 * labels name the function that the step belongs to. The including file is one scenario: it defines set_up()
 * and how many threads, cgroups (the root included) and links there are.
 *
 * The machine draws the same numbers as the engine (SplitMix64, see assembly/core/prng.ts), gives slots to
 * new tasks in the same order, and so makes the very same runs: for one seed and one range of schedules the
 * sums that it prints equal those of the engine.
 *
 * Not here: what no run of these scenarios can do (to queue an item twice, to drop a count below zero, to
 * misuse a lock), any report beyond counters, replay. Every access to memory that a run may free is checked
 * with a flag of the object.
 */
#ifndef BENCH_NATIVE_COMMON_H
#define BENCH_NATIVE_COMMON_H

#include <stddef.h>
#include "program.h"

enum { SLOTS = 16 };

/* ------------------------------------------------------------------ the kernel's objects */

enum { CSS_ONLINE = 1, CSS_RELEASED = 2 };

struct cgroup;
struct ops;

struct css {
	int refs;
	int online_cnt;
	u32 flags;
	bool killed;
	bool freed;		/* of the memcg or cgroup around it, and with it of the work items */
	bool is_memcg;		/* css->ss; false: cgroup->self */
	struct cgroup *cgroup;
	struct css *parent;
};

struct memcg {
	struct css css;
	struct ops *bpf_oom;
};

struct kernfs_node {
	bool active;
	struct cgroup *priv;
};

struct cgroup {
	struct css self;
	u32 id;
	struct kernfs_node *kn;
	struct memcg *memcg;	/* subsys[memory_cgrp_id] */
	struct cgroup *first_child;
	struct cgroup *next_sibling;
};

/* A struct_ops map; the ops that it publishes lie in it. */
struct ops {
	int refs;
	bool freed;
	char name;
	bool handle_out_of_memory;
	bool handle_cgroup_offline;
};

struct link {
	int refs;
	bool freed;
	u32 cgroup_id;
	struct ops *map;
};

struct mutex {
	u16 wanted;		/* tasks that stand before mutex_lock() */
	bool held;
};

/* RCU or SRCU. A task opens at most one section of a domain at a time. */
struct domain {
	u16 readers;
	u16 waiters;		/* tasks with a grace period that is not over */
};

/* Items start in the order in which they were queued, if the queue is one wide; else all that fit may. */
struct queue {
	u8 max_active, active, head, tail;
	u8 items[SLOTS];	/* slots of the kworkers */
};

/* ------------------------------------------------------------------ tasks */

struct task {
	u16 waits_for;		/* readers that were inside when the grace period began */
	u32 flags;
	struct link *link;
	struct ops *ops, *map;
	struct cgroup *cgrp, *pos;
	struct memcg *memcg, *charged;
	struct ops **slot;
	struct css *css, *parent;
	struct cgroup **entry;
};

/* Names: what runs (close(), rmdir(), OOM, kworkers and callbacks), then what the step does. */
enum pc {
	CLOSE_PUT_LINK, CLOSE_LOAD_MAP, CLOSE_LOAD_ID, CLOSE_LOAD_ACTIVE, CLOSE_RCU_LOCK_1, CLOSE_LOAD_PRIV,
	CLOSE_TRYGET, CLOSE_RCU_UNLOCK_1, CLOSE_RCU_LOCK_2, CLOSE_LOAD_CSS, CLOSE_TRYGET_ONLINE,
	CLOSE_LOAD_PARENT,
	CLOSE_RCU_UNLOCK_2, CLOSE_PUT_CGROUP, CLOSE_RELEASE_CGROUP, CLOSE_LOAD_SLOT, CLOSE_CLEAR_SLOT,
	CLOSE_PUT_MEMCG, CLOSE_RELEASE_MEMCG, CLOSE_GP_START, CLOSE_GP_WAIT, CLOSE_PUT_MAP, CLOSE_FREE_MAP,
	CLOSE_FREE_LINK,

	RMDIR_LOCK, RMDIR_LOAD_FLAGS, RMDIR_UNLOCK_DEAD, RMDIR_FIRST_CHILD, RMDIR_CHILD_FLAGS,
	RMDIR_NEXT_CHILD,
	RMDIR_UNLOCK_BUSY, RMDIR_STORE_FLAGS, RMDIR_LOAD_CSS, RMDIR_KILL, RMDIR_CALL_RCU, RMDIR_LOAD_KN,
	RMDIR_DEACTIVATE, RMDIR_PUT, RMDIR_RELEASE, RMDIR_UNLOCK,

	OOM_LOCK, OOM_LOCKDEP, OOM_SRCU_LOCK, OOM_LOAD_OPS, OOM_LOAD_NAME, OOM_LOAD_HANDLER, OOM_BEGIN,
	OOM_END,
	OOM_LOAD_PARENT, OOM_LOAD_SYSTEM, OOM_SYSTEM_NAME, OOM_SYSTEM_HANDLER, OOM_SYSTEM_BEGIN,
	OOM_SYSTEM_END,
	OOM_SRCU_UNLOCK, OOM_UNLOCK, OOM_PUT_MEMCG, OOM_RELEASE_MEMCG,

	KILLED_REF_START, KILLED_REF_DEC, KILLED_REF_QUEUE,

	KILLED_START, KILLED_LOCK, KILLED_LOAD_FLAGS, KILLED_SRCU_LOCK, KILLED_LOAD_OPS, KILLED_CLEAR_OPS,
	KILLED_TEST_HANDLER, KILLED_LOAD_HANDLER, KILLED_LOAD_CGROUP, KILLED_LOAD_ID, KILLED_BEGIN,
	KILLED_END,
	KILLED_SRCU_UNLOCK, KILLED_STORE_FLAGS, KILLED_CSS_CGROUP, KILLED_CLEAR_CSS, KILLED_PUT,
	KILLED_RELEASE,
	KILLED_LOAD_PARENT, KILLED_DEC_PARENT, KILLED_UNLOCK,

	RELEASE_START, RELEASE_LOCK, RELEASE_STORE_FLAGS, RELEASE_LOAD_SS, RELEASE_LOAD_PARENT,
	RELEASE_LOAD_ENTRY,
	RELEASE_NEXT_ENTRY, RELEASE_LOAD_SIBLING, RELEASE_UNLINK, RELEASE_LOAD_KN, RELEASE_CLEAR_PRIV,
	RELEASE_UNLOCK, RELEASE_CALL_RCU,

	FREE_RCU_START, FREE_RCU_QUEUE,

	FREE_START, FREE_LOAD_SS, FREE_LOAD_PARENT, FREE_LOAD_CGROUP, FREE_MEMCG, FREE_PUT_PARENT,
	FREE_RELEASE_PARENT, FREE_PUT_CGROUP, FREE_RELEASE_CGROUP, FREE_CGROUP_PARENT, FREE_CGROUP_PUT,
	FREE_CGROUP_RELEASE, FREE_CGROUP,

	MAP_START, MAP_GP_START, MAP_GP_WAIT, MAP_FREE,
};

/* ------------------------------------------------------------------ the world of one run */

struct world {
	struct mutex cgroup_mutex, oom_lock;
	struct domain rcu, srcu;
	struct queue destroy_wq, system_wq;
	struct ops *system_bpf_oom;
	struct kernfs_node nodes[CGROUPS + 1];	/* by id; 0 is unused, the root is 1 */
	struct cgroup cgroups[CGROUPS];		/* the root first */
	struct memcg memcgs[CGROUPS];
	struct ops ops[LINKS];
	struct link links[LINKS];
	u8 pc[SLOTS];				/* of each task, together: every step begins here */
	/* A run begins with all of the above and the threads as set up; a spawned task sets what it reads. */
	struct task tasks[SLOTS];
};

static struct world world, ready;

/* The scenario. */
static void set_up(struct world *w);

/* The cgroup tree with its root alone. */
static void set_up_root(struct world *w)
{
	struct cgroup *root = &w->cgroups[0];
	struct memcg *memcg = &w->memcgs[0];

	root->self = (struct css){ .refs = 1, .flags = CSS_ONLINE, .cgroup = root };
	root->id = 1;
	root->memcg = memcg;
	root->kn = &w->nodes[1];
	memcg->css = (struct css){
		.refs = 1, .online_cnt = 1, .flags = CSS_ONLINE, .is_memcg = true, .cgroup = root,
	};
	w->nodes[1] = (struct kernfs_node){ .active = true, .priv = root };
	w->destroy_wq.max_active = 1;
	w->system_wq.max_active = 255;
}

/* cgroup_mkdir() below the root. */
static struct cgroup *set_up_cgroup(struct world *w, int n)
{
	struct cgroup *root = &w->cgroups[0], *cgrp = &w->cgroups[n];
	struct memcg *memcg = &w->memcgs[n];

	cgrp->self = (struct css){ .refs = 2, .flags = CSS_ONLINE, .cgroup = cgrp, .parent = &root->self };
	root->self.refs++;
	cgrp->id = n + 1;
	cgrp->kn = &w->nodes[n + 1];
	*cgrp->kn = (struct kernfs_node){ .active = true, .priv = cgrp };
	cgrp->next_sibling = root->first_child;
	root->first_child = cgrp;
	cgrp->memcg = memcg;
	memcg->css = (struct css){
		.refs = 1, .online_cnt = 1, .flags = CSS_ONLINE, .is_memcg = true,
		.cgroup = cgrp, .parent = &w->memcgs[0].css,
	};
	w->memcgs[0].css.refs++;
	w->memcgs[0].css.online_cnt++;
	return cgrp;
}

/* attach_ops(): to a cgroup, or to the system where there is none. */
static struct link *set_up_link(struct world *w, int n, struct cgroup *cgrp)
{
	struct ops *ops = &w->ops[n];

	*ops = (struct ops){ .refs = 1, .name = 'p', .handle_out_of_memory = true,
		.handle_cgroup_offline = true };
	w->links[n] = (struct link){ .refs = 1, .cgroup_id = cgrp ? cgrp->id : 0, .map = ops };
	*(cgrp ? &cgrp->memcg->bpf_oom : &w->system_bpf_oom) = ops;
	return &w->links[n];
}

static void set_up_close(struct world *w, int slot, struct link *link)
{
	w->tasks[slot] = (struct task){ .link = link };
	w->pc[slot] = CLOSE_PUT_LINK;
}

static void set_up_rmdir(struct world *w, int slot, struct cgroup *cgrp)
{
	w->tasks[slot] = (struct task){ .cgrp = cgrp };
	w->pc[slot] = RMDIR_LOCK;
	w->cgroup_mutex.wanted |= 1 << slot;
}

static inline void set_up_oom(struct world *w, int slot, struct memcg *memcg)
{
	w->tasks[slot] = (struct task){ .charged = memcg };
	w->pc[slot] = OOM_LOCK;
	w->oom_lock.wanted |= 1 << slot;
}

/* ------------------------------------------------------------------ what steps are made of */

/* The sets that decide who can step. Locals of run(), so that they live in registers. */
struct sets {
	u32 live, runnable;
};

/* The task comes to stand before mutex_lock(). */
inlined void want(struct sets *s, struct mutex *m, u32 bit)
{
	m->wanted |= bit;
	if (m->held)
		s->runnable &= ~bit;
}

inlined void lock(struct sets *s, struct mutex *m, u32 bit)
{
	m->held = true;
	m->wanted &= ~bit;
	s->runnable &= ~(u32)m->wanted;
}

inlined void unlock(struct sets *s, struct mutex *m)
{
	m->held = false;
	s->runnable |= m->wanted;
}

inlined struct task *task_of(u32 slot)
{
	return &world.tasks[slot];
}

/* A grace period of the domain begins for the task in this slot. */
inlined void grace_period(struct sets *s, struct domain *d, u32 slot)
{
	task_of(slot)->waits_for = d->readers;
	if (d->readers) {
		d->waiters |= 1 << slot;
		s->runnable &= ~(1u << slot);
	}
}

inlined void read_unlock(struct sets *s, struct domain *d, u32 bit)
{
	d->readers &= ~bit;
	for (u32 rest = d->waiters; rest; rest &= rest - 1) {
		u32 slot = __builtin_ctz(rest);

		if (!(task_of(slot)->waits_for &= ~bit)) {
			d->waiters &= ~(1 << slot);
			s->runnable |= 1u << slot;
		}
	}
}

/* A new task in the lowest free slot. */
inlined u32 spawn(struct sets *s, enum pc pc)
{
	u32 slot = __builtin_ctz(~s->live & ~((1u << THREADS) - 1));

	s->live |= 1u << slot;
	s->runnable |= 1u << slot;
	world.pc[slot] = pc;
	return slot;
}

inlined void call_rcu(struct sets *s, enum pc pc, struct css *css)
{
	u32 slot = spawn(s, pc);

	task_of(slot)->css = css;
	grace_period(s, &world.rcu, slot);
}

inlined u32 queue_work(struct sets *s, struct queue *q, enum pc pc)
{
	u32 slot = spawn(s, pc);

	if (q->max_active > 1)
		return slot;
	if (q->active == q->max_active || q->head != q->tail)
		s->runnable &= ~(1u << slot);
	q->items[q->tail++ % SLOTS] = slot;
	return slot;
}

/* A stage of the end of a css. */
inlined void queue_css(struct sets *s, enum pc pc, struct css *css)
{
	task_of(queue_work(s, &world.destroy_wq, pc))->css = css;
}

inlined void queue_next(struct sets *s, struct queue *q)
{
	if (q->active < q->max_active && q->head != q->tail)
		s->runnable |= 1u << q->items[q->head % SLOTS];
}

/* The kworker at the queue's head takes its item. */
inlined void work_start(struct sets *s, struct queue *q)
{
	if (q->max_active > 1)
		return;
	q->head++;
	q->active++;
	queue_next(s, q);
}

inlined void work_end(struct sets *s, struct queue *q)
{
	if (q->max_active > 1)
		return;
	q->active--;
	queue_next(s, q);
}

/* ------------------------------------------------------------------ one run */

/* In a step: the next one is at pc; the task has ended; memory is about to be used. */
#define GO(next) do { world.pc[slot] = (next); goto stepped; } while (0)
#define EXIT() do { s.live &= ~bit; s.runnable &= ~bit; goto stepped; } while (0)
#define USE(object) do { if (unlikely((object)->freed)) goto use_after_free; } while (0)

static void run(u64 seed, u64 schedule, struct sums *sums)
{
	struct sets s = { .live = (1u << THREADS) - 1, .runnable = (1u << THREADS) - 1 };
	u64 counter = mix(mix(seed + GAMMA) + schedule * 0xd1342543de82ef95u);
	u64 drawn = mix(counter);
	u64 steps = 0;
	u32 warnings = 0;

	__builtin_memcpy(&world, &ready, offsetof(struct world, tasks[THREADS]));
	while (s.runnable) {
		u32 slot = select_slot(s.runnable, (drawn >> 32) * __builtin_popcount(s.runnable) >> 32);
		u32 bit = 1u << slot;
		struct task *t = task_of(slot);

		/* Drawn one step ahead: while the processor finds out which case comes. */
		counter += GAMMA;
		drawn = mix(counter);
		steps++;
		switch ((enum pc)world.pc[slot]) {

		/* ---------------------------------------- close() of the last descriptor of a link */

		case CLOSE_PUT_LINK:
			USE(t->link);
			if (--t->link->refs)
				EXIT();
			GO(CLOSE_LOAD_MAP);
		case CLOSE_LOAD_MAP:
			USE(t->link);
			t->map = t->link->map;
			GO(t->map ? CLOSE_LOAD_ID : CLOSE_FREE_LINK);
		case CLOSE_LOAD_ID: {
			u32 id = t->link->cgroup_id;

			USE(t->link);
			t->memcg = NULL;
			t->slot = &world.system_bpf_oom;
			if (!id)
				GO(CLOSE_LOAD_SLOT);
			if (id > CGROUPS)
				GO(CLOSE_GP_START);
			t->flags = id;
			GO(CLOSE_LOAD_ACTIVE);
		}
		case CLOSE_LOAD_ACTIVE:
			GO(world.nodes[t->flags].active ? CLOSE_RCU_LOCK_1 : CLOSE_GP_START);
		case CLOSE_RCU_LOCK_1:
			world.rcu.readers |= bit;
			GO(CLOSE_LOAD_PRIV);
		case CLOSE_LOAD_PRIV:
			t->cgrp = world.nodes[t->flags].priv;
			GO(t->cgrp ? CLOSE_TRYGET : CLOSE_RCU_UNLOCK_1);
		case CLOSE_TRYGET:
			USE(&t->cgrp->self);
			if (t->cgrp->self.refs)
				t->cgrp->self.refs++;
			else
				t->cgrp = NULL;
			GO(CLOSE_RCU_UNLOCK_1);
		case CLOSE_RCU_UNLOCK_1:
			read_unlock(&s, &world.rcu, bit);
			GO(t->cgrp ? CLOSE_RCU_LOCK_2 : CLOSE_GP_START);
		case CLOSE_RCU_LOCK_2:
			world.rcu.readers |= bit;
			t->pos = t->cgrp;
			GO(CLOSE_LOAD_CSS);
		case CLOSE_LOAD_CSS:
			USE(&t->pos->self);
			t->memcg = t->pos->memcg;
			GO(t->memcg ? CLOSE_TRYGET_ONLINE : CLOSE_LOAD_PARENT);
		case CLOSE_TRYGET_ONLINE:
			USE(&t->memcg->css);
			if (!t->memcg->css.refs || t->memcg->css.killed)
				GO(CLOSE_LOAD_PARENT);
			t->memcg->css.refs++;
			GO(CLOSE_RCU_UNLOCK_2);
		case CLOSE_LOAD_PARENT:
			USE(&t->pos->self);
			t->pos = (struct cgroup *)t->pos->self.parent;
			GO(t->pos ? CLOSE_LOAD_CSS : CLOSE_RCU_UNLOCK_2);
		case CLOSE_RCU_UNLOCK_2:
			read_unlock(&s, &world.rcu, bit);
			GO(CLOSE_PUT_CGROUP);
		case CLOSE_PUT_CGROUP:
			USE(&t->cgrp->self);
			t->slot = &t->memcg->bpf_oom;
			if (!--t->cgrp->self.refs)
				GO(CLOSE_RELEASE_CGROUP);
			GO(t->memcg ? CLOSE_LOAD_SLOT : CLOSE_GP_START);
		case CLOSE_RELEASE_CGROUP:
			USE(&t->cgrp->self);
			queue_css(&s, RELEASE_START, &t->cgrp->self);
			GO(t->memcg ? CLOSE_LOAD_SLOT : CLOSE_GP_START);
		case CLOSE_LOAD_SLOT:
			if (t->memcg)
				USE(&t->memcg->css);
			if (*t->slot == t->map)
				GO(CLOSE_CLEAR_SLOT);
			warnings++;
			GO(t->memcg ? CLOSE_PUT_MEMCG : CLOSE_GP_START);
		case CLOSE_CLEAR_SLOT:
			if (t->memcg)
				USE(&t->memcg->css);
			*t->slot = NULL;
			GO(t->memcg ? CLOSE_PUT_MEMCG : CLOSE_GP_START);
		case CLOSE_PUT_MEMCG:
			USE(&t->memcg->css);
			GO(--t->memcg->css.refs ? CLOSE_GP_START : CLOSE_RELEASE_MEMCG);
		case CLOSE_RELEASE_MEMCG:
			USE(&t->memcg->css);
			queue_css(&s, RELEASE_START, &t->memcg->css);
			GO(CLOSE_GP_START);
		case CLOSE_GP_START:
			grace_period(&s, &world.srcu, slot);
			GO(CLOSE_GP_WAIT);
		case CLOSE_GP_WAIT:
			GO(CLOSE_PUT_MAP);
		case CLOSE_PUT_MAP:
			USE(t->map);
			GO(--t->map->refs ? CLOSE_FREE_LINK : CLOSE_FREE_MAP);
		case CLOSE_FREE_MAP:
			USE(t->map);
			task_of(queue_work(&s, &world.system_wq, MAP_START))->map = t->map;
			GO(CLOSE_FREE_LINK);
		case CLOSE_FREE_LINK:
			t->link->freed = true;
			EXIT();

		/* -------------------------------------------------- rmdir() */

		case RMDIR_LOCK:
			lock(&s, &world.cgroup_mutex, bit);
			GO(RMDIR_LOAD_FLAGS);
		case RMDIR_LOAD_FLAGS:
			USE(&t->cgrp->self);
			t->flags = t->cgrp->self.flags;
			GO(t->flags & CSS_ONLINE ? RMDIR_FIRST_CHILD : RMDIR_UNLOCK_DEAD);
		case RMDIR_UNLOCK_DEAD:
			unlock(&s, &world.cgroup_mutex);
			EXIT();
		case RMDIR_FIRST_CHILD:
			USE(&t->cgrp->self);
			t->pos = t->cgrp->first_child;
			GO(t->pos ? RMDIR_CHILD_FLAGS : RMDIR_STORE_FLAGS);
		case RMDIR_CHILD_FLAGS:
			USE(&t->pos->self);
			GO(t->pos->self.flags & CSS_ONLINE ? RMDIR_UNLOCK_BUSY : RMDIR_NEXT_CHILD);
		case RMDIR_NEXT_CHILD:
			USE(&t->pos->self);
			t->pos = t->pos->next_sibling;
			GO(t->pos ? RMDIR_CHILD_FLAGS : RMDIR_STORE_FLAGS);
		case RMDIR_UNLOCK_BUSY:
			unlock(&s, &world.cgroup_mutex);
			EXIT();
		case RMDIR_STORE_FLAGS:
			USE(&t->cgrp->self);
			t->cgrp->self.flags = t->flags & ~CSS_ONLINE;
			GO(RMDIR_LOAD_CSS);
		case RMDIR_LOAD_CSS:
			USE(&t->cgrp->self);
			t->memcg = t->cgrp->memcg;
			GO(t->memcg ? RMDIR_KILL : RMDIR_LOAD_KN);
		case RMDIR_KILL:
			USE(&t->memcg->css);
			t->memcg->css.killed = true;
			GO(RMDIR_CALL_RCU);
		case RMDIR_CALL_RCU:
			USE(&t->memcg->css);
			call_rcu(&s, KILLED_REF_START, &t->memcg->css);
			GO(RMDIR_LOAD_KN);
		case RMDIR_LOAD_KN:
			USE(&t->cgrp->self);
			t->flags = t->cgrp->kn - world.nodes;
			GO(RMDIR_DEACTIVATE);
		case RMDIR_DEACTIVATE:
			world.nodes[t->flags].active = false;
			GO(RMDIR_PUT);
		case RMDIR_PUT:
			USE(&t->cgrp->self);
			GO(--t->cgrp->self.refs ? RMDIR_UNLOCK : RMDIR_RELEASE);
		case RMDIR_RELEASE:
			USE(&t->cgrp->self);
			queue_css(&s, RELEASE_START, &t->cgrp->self);
			GO(RMDIR_UNLOCK);
		case RMDIR_UNLOCK:
			unlock(&s, &world.cgroup_mutex);
			EXIT();

		/* ---------------------------------------- OOM of a charge; oom_control is the task's own */

		case OOM_LOCK:
			lock(&s, &world.oom_lock, bit);
			GO(OOM_LOCKDEP);
		case OOM_LOCKDEP:
			if (unlikely(!world.oom_lock.held))
				abort();
			GO(OOM_SRCU_LOCK);
		case OOM_SRCU_LOCK:
			world.srcu.readers |= bit;
			t->memcg = t->charged;
			GO(OOM_LOAD_OPS);
		case OOM_LOAD_OPS:
			USE(&t->memcg->css);
			t->ops = t->memcg->bpf_oom;
			GO(t->ops ? OOM_LOAD_NAME : OOM_LOAD_PARENT);
		case OOM_LOAD_NAME:
			USE(t->ops);
			t->flags = t->ops->name;	/* becomes oc->bpf_policy_name */
			GO(OOM_LOAD_HANDLER);
		case OOM_LOAD_HANDLER:
			USE(t->ops);
			t->flags = t->ops->handle_out_of_memory;
			GO(OOM_BEGIN);
		case OOM_BEGIN:
			USE(t->ops);
			GO(OOM_END);
		case OOM_END:
			USE(t->ops);
			GO(OOM_SRCU_UNLOCK);	/* the program freed memory */
		case OOM_LOAD_PARENT:
			USE(&t->memcg->css);
			t->memcg = (struct memcg *)t->memcg->css.parent;
			GO(t->memcg ? OOM_LOAD_OPS : OOM_LOAD_SYSTEM);
		case OOM_LOAD_SYSTEM:
			t->ops = world.system_bpf_oom;
			GO(t->ops ? OOM_SYSTEM_NAME : OOM_SRCU_UNLOCK);
		case OOM_SYSTEM_NAME:
			USE(t->ops);
			t->flags = t->ops->name;
			GO(OOM_SYSTEM_HANDLER);
		case OOM_SYSTEM_HANDLER:
			USE(t->ops);
			t->flags = t->ops->handle_out_of_memory;
			GO(OOM_SYSTEM_BEGIN);
		case OOM_SYSTEM_BEGIN:
			USE(t->ops);
			GO(OOM_SYSTEM_END);
		case OOM_SYSTEM_END:
			USE(t->ops);
			GO(OOM_SRCU_UNLOCK);
		case OOM_SRCU_UNLOCK:
			read_unlock(&s, &world.srcu, bit);
			GO(OOM_UNLOCK);
		case OOM_UNLOCK:
			unlock(&s, &world.oom_lock);
			GO(OOM_PUT_MEMCG);
		case OOM_PUT_MEMCG:
			USE(&t->charged->css);
			if (--t->charged->css.refs)
				EXIT();
			GO(OOM_RELEASE_MEMCG);
		case OOM_RELEASE_MEMCG:
			USE(&t->charged->css);
			queue_css(&s, RELEASE_START, &t->charged->css);
			EXIT();

		/* -------------------------------------------------- css_killed_ref_fn(), a callback */

		case KILLED_REF_START:
			USE(t->css);
			GO(KILLED_REF_DEC);
		case KILLED_REF_DEC:
			USE(t->css);
			if (--t->css->online_cnt)
				EXIT();
			GO(KILLED_REF_QUEUE);
		case KILLED_REF_QUEUE:
			USE(t->css);
			queue_css(&s, KILLED_START, t->css);
			EXIT();

		/* -------------------------------------------------- css_killed_work_fn(), a kworker */

		case KILLED_START:
			USE(t->css);
			work_start(&s, &world.destroy_wq);
			want(&s, &world.cgroup_mutex, bit);
			GO(KILLED_LOCK);
		case KILLED_LOCK:
			lock(&s, &world.cgroup_mutex, bit);
			GO(KILLED_LOAD_FLAGS);
		case KILLED_LOAD_FLAGS:
			USE(t->css);
			t->flags = t->css->flags;
			GO(t->flags & CSS_ONLINE ? KILLED_SRCU_LOCK : KILLED_PUT);
		case KILLED_SRCU_LOCK:
			world.srcu.readers |= bit;
			t->memcg = (struct memcg *)t->css;
			GO(KILLED_LOAD_OPS);
		case KILLED_LOAD_OPS:
			USE(&t->memcg->css);
			t->ops = t->memcg->bpf_oom;
			GO(KILLED_CLEAR_OPS);
		case KILLED_CLEAR_OPS:
			USE(&t->memcg->css);
			t->memcg->bpf_oom = NULL;
			GO(t->ops ? KILLED_TEST_HANDLER : KILLED_SRCU_UNLOCK);
		case KILLED_TEST_HANDLER:
			USE(t->ops);
			GO(t->ops->handle_cgroup_offline ? KILLED_LOAD_HANDLER : KILLED_SRCU_UNLOCK);
		case KILLED_LOAD_HANDLER:
			USE(t->ops);
			GO(KILLED_LOAD_CGROUP);
		case KILLED_LOAD_CGROUP:
			USE(&t->memcg->css);
			t->cgrp = t->memcg->css.cgroup;
			GO(KILLED_LOAD_ID);
		case KILLED_LOAD_ID:
			USE(&t->cgrp->self);
			GO(KILLED_BEGIN);
		case KILLED_BEGIN:
			USE(t->ops);
			GO(KILLED_END);
		case KILLED_END:
			USE(t->ops);
			GO(KILLED_SRCU_UNLOCK);
		case KILLED_SRCU_UNLOCK:
			read_unlock(&s, &world.srcu, bit);
			GO(KILLED_STORE_FLAGS);
		case KILLED_STORE_FLAGS:
			USE(t->css);
			t->css->flags = t->flags & ~CSS_ONLINE;
			GO(KILLED_CSS_CGROUP);
		case KILLED_CSS_CGROUP:
			USE(t->css);
			t->cgrp = t->css->cgroup;
			GO(KILLED_CLEAR_CSS);
		case KILLED_CLEAR_CSS:
			USE(&t->cgrp->self);
			t->cgrp->memcg = NULL;
			GO(KILLED_PUT);
		case KILLED_PUT:
			USE(t->css);
			GO(--t->css->refs ? KILLED_LOAD_PARENT : KILLED_RELEASE);
		case KILLED_RELEASE:
			USE(t->css);
			queue_css(&s, RELEASE_START, t->css);
			GO(KILLED_LOAD_PARENT);
		case KILLED_LOAD_PARENT:
			USE(t->css);
			t->css = t->css->parent;
			GO(t->css ? KILLED_DEC_PARENT : KILLED_UNLOCK);
		case KILLED_DEC_PARENT:
			USE(t->css);
			GO(--t->css->online_cnt ? KILLED_UNLOCK : KILLED_LOAD_FLAGS);
		case KILLED_UNLOCK:
			unlock(&s, &world.cgroup_mutex);
			work_end(&s, &world.destroy_wq);
			EXIT();

		/* -------------------------------------------------- css_release_work_fn(), a kworker */

		case RELEASE_START:
			USE(t->css);
			work_start(&s, &world.destroy_wq);
			want(&s, &world.cgroup_mutex, bit);
			GO(RELEASE_LOCK);
		case RELEASE_LOCK:
			lock(&s, &world.cgroup_mutex, bit);
			GO(RELEASE_STORE_FLAGS);
		case RELEASE_STORE_FLAGS:
			USE(t->css);
			t->css->flags = CSS_RELEASED;
			GO(RELEASE_LOAD_SS);
		case RELEASE_LOAD_SS:
			USE(t->css);
			GO(t->css->is_memcg ? RELEASE_UNLOCK : RELEASE_LOAD_PARENT);
		case RELEASE_LOAD_PARENT:
			USE(t->css);
			t->entry = &((struct cgroup *)t->css->parent)->first_child;
			t->pos = (struct cgroup *)t->css->parent;
			GO(RELEASE_LOAD_ENTRY);
		case RELEASE_LOAD_ENTRY:
			USE(&t->pos->self);
			GO(*t->entry == (struct cgroup *)t->css ? RELEASE_LOAD_SIBLING : RELEASE_NEXT_ENTRY);
		case RELEASE_NEXT_ENTRY:
			USE(&t->pos->self);
			t->pos = *t->entry;
			t->entry = &t->pos->next_sibling;
			GO(RELEASE_LOAD_ENTRY);
		case RELEASE_LOAD_SIBLING:
			USE(t->css);
			t->cgrp = ((struct cgroup *)t->css)->next_sibling;
			GO(RELEASE_UNLINK);
		case RELEASE_UNLINK:
			USE(&t->pos->self);
			*t->entry = t->cgrp;
			GO(RELEASE_LOAD_KN);
		case RELEASE_LOAD_KN:
			USE(t->css);
			t->flags = ((struct cgroup *)t->css)->kn - world.nodes;
			GO(RELEASE_CLEAR_PRIV);
		case RELEASE_CLEAR_PRIV:
			world.nodes[t->flags].priv = NULL;
			GO(RELEASE_UNLOCK);
		case RELEASE_UNLOCK:
			unlock(&s, &world.cgroup_mutex);
			GO(RELEASE_CALL_RCU);
		case RELEASE_CALL_RCU:
			USE(t->css);
			call_rcu(&s, FREE_RCU_START, t->css);
			work_end(&s, &world.destroy_wq);
			EXIT();

		/* -------------------------------------------------- css_free_rcu_fn(), a callback */

		case FREE_RCU_START:
			USE(t->css);
			GO(FREE_RCU_QUEUE);
		case FREE_RCU_QUEUE:
			USE(t->css);
			queue_css(&s, FREE_START, t->css);
			EXIT();

		/* -------------------------------------------------- css_free_rwork_fn(), a kworker */

		case FREE_START:
			USE(t->css);
			work_start(&s, &world.destroy_wq);
			GO(FREE_LOAD_SS);
		case FREE_LOAD_SS:
			USE(t->css);
			GO(t->css->is_memcg ? FREE_LOAD_PARENT : FREE_CGROUP_PARENT);
		case FREE_LOAD_PARENT:
			USE(t->css);
			t->parent = t->css->parent;
			GO(FREE_LOAD_CGROUP);
		case FREE_LOAD_CGROUP:
			USE(t->css);
			t->cgrp = t->css->cgroup;
			GO(FREE_MEMCG);
		case FREE_MEMCG:
			t->css->freed = true;
			GO(t->parent ? FREE_PUT_PARENT : FREE_PUT_CGROUP);
		case FREE_PUT_PARENT:
			USE(t->parent);
			GO(--t->parent->refs ? FREE_PUT_CGROUP : FREE_RELEASE_PARENT);
		case FREE_RELEASE_PARENT:
			USE(t->parent);
			queue_css(&s, RELEASE_START, t->parent);
			GO(FREE_PUT_CGROUP);
		case FREE_PUT_CGROUP:
			USE(&t->cgrp->self);
			if (!--t->cgrp->self.refs)
				GO(FREE_RELEASE_CGROUP);
			work_end(&s, &world.destroy_wq);
			EXIT();
		case FREE_RELEASE_CGROUP:
			USE(&t->cgrp->self);
			queue_css(&s, RELEASE_START, &t->cgrp->self);
			work_end(&s, &world.destroy_wq);
			EXIT();
		case FREE_CGROUP_PARENT:
			USE(t->css);
			t->parent = t->css->parent;
			GO(t->parent ? FREE_CGROUP_PUT : FREE_CGROUP);
		case FREE_CGROUP_PUT:
			USE(t->parent);
			GO(--t->parent->refs ? FREE_CGROUP : FREE_CGROUP_RELEASE);
		case FREE_CGROUP_RELEASE:
			USE(t->parent);
			queue_css(&s, RELEASE_START, t->parent);
			GO(FREE_CGROUP);
		case FREE_CGROUP:
			t->css->freed = true;
			work_end(&s, &world.destroy_wq);
			EXIT();

		/* -------------------------------------------------- bpf_map_free_deferred(), a kworker */

		case MAP_START:
			USE(t->map);
			work_start(&s, &world.system_wq);
			GO(MAP_GP_START);
		case MAP_GP_START:
			grace_period(&s, &world.rcu, slot);
			GO(MAP_GP_WAIT);
		case MAP_GP_WAIT:
			GO(MAP_FREE);
		case MAP_FREE:
			t->map->freed = true;
			work_end(&s, &world.system_wq);
			EXIT();
		}
		__builtin_unreachable();
stepped:;
	}
	if (unlikely(s.live))
		abort();	/* a deadlock, which no run of these scenarios ends in */
	goto end;

use_after_free:
	sums->use_after_free++;
end:
	sums->schedules++;
	sums->steps += steps;
	sums->warn += warnings != 0;
	sums->warnings += warnings;
}

static void set_up_program(void)
{
	set_up_root(&world);
	set_up(&world);
	ready = world;
}

static void run_batch(u64 seed, u64 first, struct sums *sums)
{
	for (int i = 0; i < BATCH; i++)
		run(seed, first + i, sums);
}

#endif
