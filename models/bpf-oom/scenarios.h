/* Who runs the functions of a BPF OOM model concurrently. The including model defines struct bpf_oom_ops with
 * its two callbacks and the functions that models/lib/ calls. */

/* ------------------------------------------------------------------ the programs */

static int oom_prog(struct oom_control *oc)
{
	oc->bpf_memory_freed = true;
	return 1;
}

/* Finds nothing to free, so the OOM goes on to the parent. */
static int oom_prog_passes(struct oom_control *oc)
{
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
	st_map->data.handle_cgroup_offline = offline;
	st_map->data.name[0] = 'p';
	return &st_map->map;
}

/* Loads and attaches; the link alone keeps the map, as for a loader that closed the map's descriptor. */
static struct bpf_link *attach_ops(u64 cgroup_id)
{
	struct bpf_map *map = load_ops(oom_prog, offline_prog);
	struct bpf_link *link = bpf_link_create(map, cgroup_id);

	bpf_map_put(map);
	return link;
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

/* ------------------------------------------------------------------ scenarios */

/* The review's question: the last descriptor of a link is closed while its cgroup is removed. */
scenario close_vs_rmdir(void)
{
	struct cgroup *cg = cgroup_mkdir(root_cgroup);
	struct bpf_link *link = attach_ops(cgroup_id(cg));

	leave_a_page_charged(cg);
	thread("close(link)", bpf_link_close(link));
	thread("rmdir", cgroup_rmdir(cg));
}

/* The same while a charge to the dying memcg (a socket's, a kernel object's) runs into the limit. */
scenario close_vs_rmdir_vs_oom(void)
{
	struct cgroup *cg = cgroup_mkdir(root_cgroup);
	struct bpf_link *link = attach_ops(cgroup_id(cg));
	struct mem_cgroup *memcg = begin_charge(cg);

	leave_a_page_charged(cg);
	thread("close(link)", bpf_link_close(link));
	thread("rmdir", cgroup_rmdir(cg));
	thread("oom", oom_and_uncharge(memcg));
}

/* The same with nothing charged: the memcg and its cgroup are freed as well. */
scenario close_vs_rmdir_empty(void)
{
	struct cgroup *cg = cgroup_mkdir(root_cgroup);
	struct bpf_link *link = attach_ops(cgroup_id(cg));

	thread("close(link)", bpf_link_close(link));
	thread("rmdir", cgroup_rmdir(cg));
}

/* Two cgroups are removed while their links are closed and charges to both fail; programs for the system. */
scenario storm(void)
{
	struct cgroup *cg_a = cgroup_mkdir(root_cgroup);
	struct cgroup *cg_b = cgroup_mkdir(root_cgroup);
	struct bpf_link *link_a = attach_ops(cgroup_id(cg_a));
	struct bpf_link *link_b = attach_ops(cgroup_id(cg_b));
	struct mem_cgroup *memcg_a = begin_charge(cg_a);
	struct mem_cgroup *memcg_b = begin_charge(cg_b);

	attach_ops(0);
	thread("close(a)", bpf_link_close(link_a));
	thread("close(b)", bpf_link_close(link_b));
	thread("rmdir a", cgroup_rmdir(cg_a));
	thread("rmdir b", cgroup_rmdir(cg_b));
	thread("oom in a", oom_and_uncharge(memcg_a));
	thread("oom in b", oom_and_uncharge(memcg_b));
}

/* Negative control: links are attached under update_mutex: two attaches cannot both find the slot empty. */
static int attached_a, attached_b;

static void attach(struct bpf_map *map, u64 cgroup_id, int *attached)
{
	struct bpf_link *link = bpf_link_create(map, cgroup_id);

	if (!IS_ERR(link))
		*attached = 1;
}

scenario two_attaches(void)
{
	struct cgroup *cg = cgroup_mkdir(root_cgroup);
	u64 id = cgroup_id(cg);
	struct bpf_map *map_a = load_ops(oom_prog, offline_prog);
	struct bpf_map *map_b = load_ops(oom_prog_passes, NULL);

	thread("attach a", attach(map_a, id, &attached_a));
	thread("attach b", attach(map_b, id, &attached_b));
	at_end(attached_a + attached_b == 1);
}

/* An OOM while a link is closed and nothing is removed: SRCU keeps the programs that it runs. */
scenario close_vs_oom(void)
{
	struct cgroup *cg = cgroup_mkdir(root_cgroup);
	struct bpf_link *link = attach_ops(cgroup_id(cg));
	struct mem_cgroup *memcg = begin_charge(cg);

	thread("close(link)", bpf_link_close(link));
	thread("oom", oom_and_uncharge(memcg));
	at_end(mem_cgroup_of(cg)->bpf_oom == NULL);
}
