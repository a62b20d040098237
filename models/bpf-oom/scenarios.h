/* Scenarios that every version of the BPF OOM patches runs: those that mix everything, then the catalogue of
 * single races. */
#include "programs.h"

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
	at_end(attached_a + attached_b == ATTACHED_OF_TWO);
}

/* An OOM while a link is closed and nothing is removed: what keeps the programs that it runs, and what it
 * finds them by? */
scenario close_vs_oom(void)
{
	struct cgroup *cg = cgroup_mkdir(root_cgroup);
	struct bpf_link *link = attach_ops(cgroup_id(cg));
	struct mem_cgroup *memcg = begin_charge(cg);

	thread("close(link)", bpf_link_close(link));
	thread("oom", oom_and_uncharge(memcg));
	at_end(slot_is_empty(cg, mem_cgroup_of(cg)));
}

#include "catalogue.h"
