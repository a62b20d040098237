/* bpf-oom/v2, scenario close-vs-rmdir, by hand: the last descriptor of a link is closed while its cgroup is
 * removed. A page stays charged, so the cgroup goes offline but is not freed. */
#define THREADS 2
#define CGROUPS 2
#define LINKS 1
#include "common.h"

static void set_up(struct world *w)
{
	struct cgroup *cg = set_up_cgroup(w, 1);
	struct link *link = set_up_link(w, 0, cg);

	cg->memcg->css.refs++;
	set_up_close(w, 0, link);
	set_up_rmdir(w, 1, cg);
}
