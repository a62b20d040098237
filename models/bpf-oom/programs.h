/* The programs that scenarios load, and the parts of their set-ups: the same for every version of the BPF OOM
 * patches. A version includes scenarios.h last, after it has defined or included
 *
 *   struct bpf_oom_ops           its callback handle_out_of_memory() and its name
 *   OOM_OFFLINE_CALLBACK         a macro, where the struct has handle_cgroup_offline() too
 *   struct bpf_struct_ops_map    as in lib/bpf_link.c: map and data; bpf_struct_ops_map_create()
 *   bpf_link_create(map, id)     attaches to the cgroup with this id, 0 is the whole system; a version that
 *                                takes a descriptor of the directory, or nothing, finds its own way there;
 *                                NOT_A_CGROUP is refused
 *   bpf_link_close(), bpf_link_detach(), bpf_link_inc(), bpf_map_get(), bpf_map_put()
 *   mem_cgroup_out_of_memory()   lib/oom.c, which calls the version's bpf_handle_oom()
 *   mem_cgroup_css_offline()     or lib/memcontrol.c
 *   slot_is_empty(cgrp, memcg)   is nothing published for this cgroup and its memcg? Both are given, for
 *                                either may outlive the other
 *   slot_dangles(cgrp, memcg)    has what is published there been freed?
 *   program_sleeps()             a macro, where something waits for tasks to sleep: a program does
 *   ATTACHED_OF_TWO              a macro, where both of two links to one cgroup get attached: 2
 *
 *   OOM_WAITS_FOR_OFFLINE        a macro, where unreg waits for cgroup_destroy_wq: nothing holds that up then
 *   OOM_LOOKUP_LOCKED            a macro, where reg looks up under cgroup_mutex: nothing stops it there then
 *
 * The two functions on slots are for end checks; they read what must be alive, so a scenario that asks keeps
 * a reference. A version without slots answers for all of its list. */

#ifdef OOM_OFFLINE_CALLBACK
#define set_offline_prog(ops, prog) ((ops)->handle_cgroup_offline = (prog))
#else
#define set_offline_prog(ops, prog) ((void)(prog))
#endif

#ifndef program_sleeps
#define program_sleeps() ((void)0)
#endif

#ifndef ATTACHED_OF_TWO
#define ATTACHED_OF_TWO 1
#endif

/* ------------------------------------------------------------------ the programs */

static int oom_prog(struct oom_control *oc)
{
	program_sleeps();
	oc->bpf_memory_freed = true;
	return 1;
}

/* Finds nothing to free, so the OOM goes on to the parent. */
static int oom_prog_passes(struct oom_control *oc)
{
	program_sleeps();
	return 0;
}

static void offline_prog(u64 cgroup_id)
{
}

/* ------------------------------------------------------------------ parts of set-ups */

/* A struct_ops map with these programs; the caller's reference is the map's descriptor. */
static struct bpf_map *load_ops(int (*oom)(struct oom_control *oc), void (*offline)(u64 cgroup_id))
{
	struct bpf_struct_ops_map *st_map = bpf_struct_ops_map_create();

	st_map->data.handle_out_of_memory = oom;
	set_offline_prog(&st_map->data, offline);
	st_map->data.name[0] = 'p';
	return &st_map->map;
}

/* Loads and attaches; the link alone keeps the map, as for a loader that closed the map's descriptor. */
static struct bpf_link *attach_program(u64 cgroup_id, int (*oom)(struct oom_control *oc))
{
	struct bpf_map *map = load_ops(oom, offline_prog);
	struct bpf_link *link = bpf_link_create(map, cgroup_id);

	bpf_map_put(map);
	return link;
}

static struct bpf_link *attach_ops(u64 cgroup_id)
{
	return attach_program(cgroup_id, oom_prog);
}

/* A page of the cache stays charged to the memcg, as after most removals: it goes offline, unfreed. */
static void leave_a_page_charged(struct cgroup *cgrp)
{
	mem_cgroup_get(mem_cgroup_of(cgrp));
}

/* What a charge holds while it runs: oom_and_uncharge() gives it back. */
static struct mem_cgroup *begin_charge(struct cgroup *cgrp)
{
	struct mem_cgroup *memcg = mem_cgroup_of(cgrp);

	mem_cgroup_get(memcg);
	return memcg;
}

static void oom_and_uncharge(struct mem_cgroup *memcg)
{
	mem_cgroup_out_of_memory(memcg);
	mem_cgroup_put(memcg);
}
