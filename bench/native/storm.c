/* bpf-oom/v2, scenario storm, by hand: two cgroups are removed while their links are closed and charges to
 * both run into their limits; a third link's program is the system's. The cgroups are freed in the end. */
#define THREADS 6
#define CGROUPS 3
#define LINKS 3
#include "common.h"

static void set_up(struct world *w)
{
	struct cgroup *a = set_up_cgroup(w, 1);
	struct cgroup *b = set_up_cgroup(w, 2);
	struct link *link_a = set_up_link(w, 0, a);
	struct link *link_b = set_up_link(w, 1, b);

	a->memcg->css.refs++;	/* the charges */
	b->memcg->css.refs++;
	set_up_link(w, 2, NULL);
	set_up_close(w, 0, link_a);
	set_up_close(w, 1, link_b);
	set_up_rmdir(w, 2, a);
	set_up_rmdir(w, 3, b);
	set_up_oom(w, 4, a->memcg);
	set_up_oom(w, 5, b->memcg);
}
