/* The memory controller of a kernel without the patch under test: nothing of its own to do when a memcg goes
 * offline. A model whose patch adds a line here defines this function itself and leaves this file out. */
#include <linux/memcontrol.h>

void mem_cgroup_css_offline(struct cgroup_subsys_state *css)
{
}
