/* The way to bpf_handle_oom(): every OOM, of a memcg or of the system, holds oom_lock, so there is at most
 * one at a time. Victim selection and the killing itself are left out. The model defines bpf_handle_oom(). */
#include <linux/oom.h>

DEFINE_MUTEX(oom_lock);

bool bpf_handle_oom(struct oom_control *oc);

bool out_of_memory(struct oom_control *oc)
{
	lockdep_assert_held(&oom_lock);
	return bpf_handle_oom(oc);
}

bool mem_cgroup_out_of_memory(struct mem_cgroup *memcg)
{
	struct oom_control oc = { .memcg = memcg };
	bool freed;

	mutex_lock(&oom_lock);
	freed = out_of_memory(&oc);
	mutex_unlock(&oom_lock);
	return freed;
}
