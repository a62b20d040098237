/* The catalogue of single races: one scenario for each, so narrow that it is what can be found there.
 * What each version and fix candidate is expected to show stands in catalogue.json. "Dead" is a css
 * that was killed (T4), "found" what a look-up by id answers; T, l, g, u, h and f are the steps of
 * docs/MODELS.md. */

/* ------------------------------------------------------------------ who waits for whom */

static struct completion closed, removed, went_offline, let_go;

/* cgroup_destroy_wq runs one item after the other: while another removal's keeps it busy, nothing goes
 * offline. */
static void stay_busy(struct work_struct *work)
{
	wait_for_completion(&let_go);
}

static DECLARE_WORK(busy_work, stay_busy);

static void hold_up_offline(void)
{
#ifndef OOM_WAITS_FOR_OFFLINE
	queue_work(cgroup_destroy_wq, &busy_work);
#endif
}

static void close_and_let_go(struct bpf_link *link)
{
	bpf_link_close(link);
	complete(&let_go);
}

static void close_and_tell(struct bpf_link *link)
{
	bpf_link_close(link);
	complete_all(&closed);
}

static void oom_when_closed(struct mem_cgroup *memcg)
{
	wait_for_completion(&closed);
	oom_and_uncharge(memcg);
}

static void oom_when_closed_and_let_go(struct mem_cgroup *memcg)
{
	oom_when_closed(memcg);
	complete(&let_go);
}

static void remove_and_tell(struct cgroup *cgrp)
{
	cgroup_rmdir(cgrp);
	complete_all(&removed);
}

/* ------------------------------------------------------------------ WARN: unreg finds something else */

/* The seed: offline empties the slot between unreg's look-up and its look into the slot. The programs
 * are attached to the parent as well: so they are not freed, and a look-up that answers with the
 * parent does not warn. */
scenario warn_1(void)
{
	struct cgroup *parent = cgroup_mkdir(root_cgroup);
	struct cgroup *cg = cgroup_mkdir(parent);
	struct bpf_map *map = load_ops(oom_prog, offline_prog);
	struct bpf_link *link = bpf_link_create(map, cgroup_id(cg));

	bpf_link_create(map, cgroup_id(parent));
	leave_a_page_charged(cg);
	thread("close(link)", bpf_link_close(link));
	thread("rmdir", cgroup_rmdir(cg));
}

/* Between T4 and T5 the look-up answers with the parent. Nothing goes offline before the link is
 * closed, and the map's descriptor stays open. */
scenario warn_2(void)
{
	struct cgroup *parent = cgroup_mkdir(root_cgroup);
	struct cgroup *cg = cgroup_mkdir(parent);
	struct bpf_map *map = load_ops(oom_prog, offline_prog);
	struct bpf_link *link = bpf_link_create(map, cgroup_id(cg));

	leave_a_page_charged(cg);
	hold_up_offline();
	thread("close(link)", close_and_let_go(link));
	thread("rmdir", cgroup_rmdir(cg));
}

/* No race: memory is switched off, the memcg goes offline, and the look-up answers with the parent for
 * ever. */
scenario warn_3(void)
{
	struct cgroup *parent = cgroup_mkdir(root_cgroup);
	struct cgroup *cg = cgroup_mkdir(parent);
	struct bpf_map *map = load_ops(oom_prog, offline_prog);
	struct bpf_link *link = bpf_link_create(map, cgroup_id(cg));

	leave_a_page_charged(cg);
	cgroup_disable_memory(parent);
	settle();
	thread("close(link)", bpf_link_close(link));
}

/* ------------------------------------------------------------------ UAF: a slot outlives its programs */

/* After T5 nothing is found, so unreg leaves the slot alone; then offline reads it. */
scenario uaf_1(void)
{
	struct cgroup *cg = cgroup_mkdir(root_cgroup);
	struct bpf_link *link = attach_ops(cgroup_id(cg));

	leave_a_page_charged(cg);
	cgroup_rmdir(cg);
	thread("close(link)", bpf_link_close(link));
}

/* As before, with a charge to the dying memcg that runs into its limit before offline comes. */
scenario uaf_2(void)
{
	struct cgroup *cg = cgroup_mkdir(root_cgroup);
	struct bpf_link *link = attach_ops(cgroup_id(cg));
	struct mem_cgroup *memcg = begin_charge(cg);

	hold_up_offline();
	cgroup_rmdir(cg);
	thread("close(link)", close_and_tell(link));
	thread("oom", oom_when_closed_and_let_go(memcg));
}

/* Memory is switched off: the parent is found, the slot is left alone, and offline reads it. */
scenario uaf_3(void)
{
	struct cgroup *parent = cgroup_mkdir(root_cgroup);
	struct cgroup *cg = cgroup_mkdir(parent);
	struct bpf_link *link = attach_ops(cgroup_id(cg));

	leave_a_page_charged(cg);
	cgroup_disable_memory(parent);
	thread("close(link)", bpf_link_close(link));
}

/* No race: attached while memory is off, so to the parent; closed when it is on again, so on the new
 * memcg. */
scenario uaf_4(void)
{
	struct cgroup *parent = cgroup_mkdir(root_cgroup);
	struct cgroup *cg = cgroup_mkdir(parent);
	struct mem_cgroup *memcg = begin_charge(parent);
	struct bpf_link *link;

	cgroup_disable_memory(parent);
	settle();
	link = attach_ops(cgroup_id(cg));
	cgroup_enable_memory(parent);
	thread("close(link)", close_and_tell(link));
	thread("oom in the parent", oom_when_closed(memcg));
}

static void close_in_container(struct cgroup *container, struct bpf_link *link)
{
	current_cgroup_ns = container;
	close_and_tell(link);
}

/* No race: the last descriptor is closed in a container that does not see the cgroup, which lives on. */
scenario uaf_5(void)
{
	struct cgroup *container = cgroup_mkdir(root_cgroup);
	struct cgroup *cg = cgroup_mkdir(root_cgroup);
	struct bpf_link *link = attach_ops(cgroup_id(cg));
	struct mem_cgroup *memcg = begin_charge(cg);

	thread("close(link)", close_in_container(container, link));
	thread("oom", oom_when_closed(memcg));
}

/* Closes only what was attached to the parent instead. */
static void attach_and_close_astray(struct cgroup *cgrp, struct cgroup *parent, struct mem_cgroup *memcg)
{
	struct bpf_link *link = attach_ops(cgroup_id(cgrp));

	if (!IS_ERR(link) && !slot_is_empty(parent, memcg))
		bpf_link_close(link);
	complete_all(&closed);
}

/* Between T4 and T5 reg finds the parent and attaches to that; later nothing is found, and the parent
 * lives on. */
scenario uaf_6(void)
{
	struct cgroup *parent = cgroup_mkdir(root_cgroup);
	struct cgroup *cg = cgroup_mkdir(parent);
	struct mem_cgroup *memcg = begin_charge(parent);

	leave_a_page_charged(cg);
	thread("attach, close", attach_and_close_astray(cg, parent, memcg));
	thread("rmdir", cgroup_rmdir(cg));
	thread("oom in the parent", oom_when_closed(memcg));
}

/* Closes only what is attached to a memcg that is offline, and the map's descriptor with it. */
static void attach_and_close_offline(struct bpf_map *map, struct cgroup *cgrp, struct mem_cgroup *memcg)
{
	struct bpf_link *link = bpf_link_create(map, cgroup_id(cgrp));

	wait_for_completion(&removed);
	if (IS_ERR(link) || (READ_ONCE(memcg->css.flags) & CSS_ONLINE) || slot_is_empty(cgrp, memcg))
		return;
	bpf_link_close(link);
	bpf_map_put(map);
}

/* Offline empties the slot between reg's look-up and its look into the slot: the memcg that nobody
 * finds any more gets programs, and they are freed. */
scenario uaf_7(void)
{
	struct cgroup *cg = cgroup_mkdir(root_cgroup);
	struct bpf_map *map = load_ops(oom_prog, offline_prog);
	struct mem_cgroup *memcg = begin_charge(cg);

	thread("attach, close", attach_and_close_offline(map, cg, memcg));
	thread("rmdir", remove_and_tell(cg));
	at_end(!slot_dangles(cg, memcg));
}

/* ------------------------------------------------------------------ what the program is told */

#ifdef OOM_OFFLINE_CALLBACK
static bool attached, told;

static void offline_prog_tells(u64 cgroup_id)
{
	told = true;
}

static void attach_and_note(struct bpf_map *map, u64 cgroup_id)
{
	if (!IS_ERR(bpf_link_create(map, cgroup_id)))
		attached = true;
}

/* Attached to neither of the two where a look-up can lead, and the program was not told of the end. */
static bool lost(struct cgroup *cgrp, struct mem_cgroup *memcg, struct cgroup *parent)
{
	if (!attached || told)
		return false;
	return slot_is_empty(cgrp, memcg) && slot_is_empty(parent, mem_cgroup_of(parent));
}

/* Offline reads the empty slot, reg fills it, offline empties it: nobody is told. */
scenario lost_1(void)
{
	struct cgroup *parent = cgroup_mkdir(root_cgroup);
	struct cgroup *cg = cgroup_mkdir(parent);
	struct bpf_map *map = load_ops(oom_prog, offline_prog_tells);
	struct mem_cgroup *memcg = begin_charge(cg);

	thread("attach", attach_and_note(map, cgroup_id(cg)));
	thread("rmdir", cgroup_rmdir(cg));
	at_end(!lost(cg, memcg, parent));
}

static void offline_prog_lets_go(u64 cgroup_id)
{
	complete_all(&went_offline);
}

static void close_stopped(struct bpf_link *link)
{
#ifndef OOM_LOOKUP_LOCKED
	stop_after_lookup = &removed;
#endif
	bpf_link_close(link);
	complete_all(&went_offline);
}

static void attach_stopped(struct bpf_map *map, u64 cgroup_id)
{
#ifndef OOM_LOOKUP_LOCKED
	stop_after_lookup = &went_offline;
#endif
	attach_and_note(map, cgroup_id);
}

/* unreg of a reads a, offline empties the slot, reg of b fills it, unreg of a empties it. */
scenario lost_2(void)
{
	struct cgroup *parent = cgroup_mkdir(root_cgroup);
	struct cgroup *cg = cgroup_mkdir(parent);
	struct bpf_map *map_a = load_ops(oom_prog, offline_prog_lets_go);
	struct bpf_map *map_b = load_ops(oom_prog_passes, offline_prog_tells);
	struct bpf_link *link_a = bpf_link_create(map_a, cgroup_id(cg));
	struct mem_cgroup *memcg = begin_charge(cg);

	thread("close(a)", close_stopped(link_a));
	thread("attach b", attach_stopped(map_b, cgroup_id(cg)));
	thread("rmdir", remove_and_tell(cg));
	at_end(!lost(cg, memcg, parent));
}

static bool in_oom;

static int oom_prog_notes(struct oom_control *oc)
{
	WRITE_ONCE(in_oom, true);
	oc->bpf_memory_freed = true;
	WRITE_ONCE(in_oom, false);
	return 1;
}

static void offline_prog_asserts(u64 cgroup_id)
{
	assert(!READ_ONCE(in_oom));
}

/* The two programs of one map run at the same time. */
scenario cb(void)
{
	struct cgroup *cg = cgroup_mkdir(root_cgroup);
	struct bpf_map *map = load_ops(oom_prog_notes, offline_prog_asserts);
	struct mem_cgroup *memcg = begin_charge(cg);

	bpf_link_create(map, cgroup_id(cg));
	thread("rmdir", cgroup_rmdir(cg));
	thread("oom", oom_and_uncharge(memcg));
}

static int times_told;

static void offline_prog_counts(u64 cgroup_id)
{
	WRITE_ONCE(times_told, READ_ONCE(times_told) + 1);
}

/* Negative control: whatever takes a memcg offline, it happens once. */
scenario dd(void)
{
	struct cgroup *parent = cgroup_mkdir(root_cgroup);
	struct cgroup *cg = cgroup_mkdir(parent);
	struct bpf_map *map = load_ops(oom_prog, offline_prog_counts);

	bpf_link_create(map, cgroup_id(cg));
	leave_a_page_charged(cg);
	thread("rmdir", cgroup_rmdir(cg));
	thread("rmdir again", cgroup_rmdir(cg));
	thread("-memory", cgroup_disable_memory(parent));
	at_end(times_told == 1);
}
#endif

static void detach_and_close(struct bpf_link *link)
{
	bpf_link_detach(link);
	bpf_link_close(link);
}

/* Negative control: detached twice and closed, a link is unregistered once. */
scenario du(void)
{
	struct cgroup *cg = cgroup_mkdir(root_cgroup);
	struct bpf_link *link = attach_ops(cgroup_id(cg));

	bpf_link_inc(link);
	bpf_link_inc(link);
	thread("detach", detach_and_close(link));
	thread("detach too", detach_and_close(link));
	thread("close", bpf_link_close(link));
	at_end(slot_is_empty(cg, mem_cgroup_of(cg)));
}

static void remove_both(struct cgroup *cgrp, struct cgroup *parent)
{
	cgroup_rmdir(cgrp);
	cgroup_rmdir(parent);
}

/* Negative control: an OOM walks up through cgroups that are removed meanwhile. */
scenario walk(void)
{
	struct cgroup *parent = cgroup_mkdir(root_cgroup);
	struct cgroup *cg = cgroup_mkdir(parent);
	struct bpf_map *map = load_ops(oom_prog_passes, offline_prog);
	struct mem_cgroup *memcg = begin_charge(cg);

	bpf_link_create(map, 0);
	thread("rmdir both", remove_both(cg, parent));
	thread("oom", oom_and_uncharge(memcg));
}

/* ------------------------------------------------------------------ no race at all */

/* A map that is attached without a link. */
scenario nul(void)
{
	struct bpf_map *map = load_ops(oom_prog, offline_prog);

	thread("update_elem", bpf_struct_ops_map_update_elem(map));
}

static void attach_to_nothing(struct bpf_map *map)
{
	struct bpf_link *link = bpf_link_create(map, NOT_A_CGROUP);

	if (!IS_ERR(link))
		bpf_link_close(link);
	bpf_map_put(map);
}

/* The descriptor that says where to attach is no cgroup's: what was made for the link is given back. */
scenario leak(void)
{
	struct bpf_map *map = load_ops(oom_prog, offline_prog);

	thread("link_create", attach_to_nothing(map));
	at_end(!leaks());
}

/* ------------------------------------------------------------------ deadlocks that fixes bring */

/* A program that needs cgroup_mutex, attached to a cgroup where an OOM comes; that one's charge. */
static int oom_prog_locks(struct oom_control *oc)
{
	cgroup_lock();
	oc->bpf_memory_freed = true;
	cgroup_unlock();
	return 1;
}

static struct mem_cgroup *begin_charge_that_locks(void)
{
	struct cgroup *cg = cgroup_mkdir(root_cgroup);

	bpf_link_create(load_ops(oom_prog_locks, offline_prog), cgroup_id(cg));
	return begin_charge(cg);
}

/* Nothing but a removal: what offline does to the link must not wait for itself. */
scenario dl_own(void)
{
	struct cgroup *cg = cgroup_mkdir(root_cgroup);

	attach_ops(cgroup_id(cg));
	leave_a_page_charged(cg);
	thread("rmdir", cgroup_rmdir(cg));
}

/* update_mutex and cgroup_mutex: attaching elsewhere while offline does something to a link. */
scenario dl_order(void)
{
	struct cgroup *cg = cgroup_mkdir(root_cgroup);
	struct cgroup *other = cgroup_mkdir(root_cgroup);

	attach_ops(cgroup_id(cg));
	leave_a_page_charged(cg);
	thread("rmdir", cgroup_rmdir(cg));
	thread("attach elsewhere", attach_ops(cgroup_id(other)));
}

/* Offline waits for programs with cgroup_mutex held, and one waits for that. */
scenario dl_offline(void)
{
	struct cgroup *cg = cgroup_mkdir(root_cgroup);
	struct mem_cgroup *elsewhere = begin_charge_that_locks();

	attach_ops(cgroup_id(cg));
	leave_a_page_charged(cg);
	thread("rmdir", cgroup_rmdir(cg));
	thread("oom elsewhere", oom_and_uncharge(elsewhere));
}

/* unreg waits for programs with cgroup_mutex held, and one waits for that. */
scenario dl_unreg(void)
{
	struct cgroup *cg = cgroup_mkdir(root_cgroup);
	struct mem_cgroup *elsewhere = begin_charge_that_locks();
	struct bpf_link *link = attach_ops(cgroup_id(cg));

	thread("close(link)", bpf_link_close(link));
	thread("oom elsewhere", oom_and_uncharge(elsewhere));
}
