/* Switching the memory controller of a cgroup's children off and on, as by a write to its
 * cgroup.subtree_control: cgroup_subtree_control_write(). Switching off kills the memcgs (T4) and nothing
 * else: the cgroups live on, their ids are found, and the memcgs go offline as in a removal (T8, T9).
 * Switching on makes new memcgs for the same cgroups.
 *
 * Included by cgroup.c. Left out: other controllers (one that depends on memory would only hide the
 * memcgs), and the switching off of a memcg below which a removed child's has not gone offline yet:
 * schedules that come to it do not count. */

/* ------------------------------------------------------------------ a css dies, its cgroup lives */

/* T9, and who waits to switch the controller on again goes on. */
static void css_disabled_work_fn(struct work_struct *work)
{
	struct cgroup_subsys_state *css = container_of(work, struct cgroup_subsys_state, killed_work);
	struct cgroup *cgrp = css->cgroup;

	cgroup_lock();
	css_killed(css);
	cgrp->dying = NULL;
	complete_all(&cgrp->offlined);
	cgroup_unlock();
}

/* The kernel takes the css out of cgrp->subsys in T9 only, and a removal that meets it there passes it by: it
 * is dying. Here it is out at once; a lookup goes on to the parent for the one reason or the other. */
static void disable_css(struct cgroup *cgrp, struct cgroup_subsys_state *css)
{
	assume(atomic_read(&css->online_cnt) == 1);
	cgrp->dying = css;
	reinit_completion(&cgrp->offlined);
	INIT_WORK(&css->killed_work, css_disabled_work_fn);
	kill_css(css);
	rcu_assign_pointer(cgrp->subsys[memory_cgrp_id], NULL);
}

/* ------------------------------------------------------------------ subtree_control */

/* Who comes after @pos below @top, parents first; the tree does not change under cgroup_mutex. */
static struct cgroup *next_descendant(struct cgroup *pos, struct cgroup *top)
{
	if (pos->first_child)
		return pos->first_child;
	while (pos != top && !pos->next_sibling)
		pos = cgroup_parent(pos);
	return pos == top ? NULL : pos->next_sibling;
}

static struct cgroup *dying_descendant(struct cgroup *top)
{
	struct cgroup *pos;

	for (pos = next_descendant(top, top); pos; pos = next_descendant(pos, top))
		if (pos->dying && !cgroup_is_dead(pos))
			return pos;
	return NULL;
}

/* Locks when no cgroup below @cgrp has a memcg left that is on its way offline. */
static void cgroup_lock_and_drain_offline(struct cgroup *cgrp)
{
	struct cgroup *dying;

	cgroup_lock();
	while ((dying = dying_descendant(cgrp))) {
		cgroup_get(dying);
		cgroup_unlock();
		wait_for_completion(&dying->offlined);
		cgroup_put(dying);
		cgroup_lock();
	}
}

/* A cgroup whose children have the controller cannot lose it. */
static bool children_have_memory(struct cgroup *cgrp)
{
	struct cgroup *child;

	for (child = cgrp->first_child; child; child = child->next_sibling)
		if (!cgroup_is_dead(child) && cgroup_css(child))
			return true;
	return false;
}

int cgroup_disable_memory(struct cgroup *parent)
{
	struct cgroup_subsys_state *css;
	struct cgroup *child;
	int err = 0;

	cgroup_lock_and_drain_offline(parent);
	for (child = parent->first_child; child && !err; child = child->next_sibling)
		if (!cgroup_is_dead(child) && children_have_memory(child))
			err = -EBUSY;
	for (child = parent->first_child; child && !err; child = child->next_sibling) {
		if (cgroup_is_dead(child))
			continue;
		css = cgroup_css(child);
		if (css)
			disable_css(child, css);
	}
	cgroup_unlock();
	return err;
}

int cgroup_enable_memory(struct cgroup *parent)
{
	struct mem_cgroup *memcg;
	struct cgroup *child;
	int err = 0;

	cgroup_lock_and_drain_offline(parent);
	if (!cgroup_css(parent))
		err = -ENOENT;
	for (child = parent->first_child; child && !err; child = child->next_sibling) {
		if (cgroup_is_dead(child) || cgroup_css(child))
			continue;
		memcg = kzalloc(sizeof(*memcg), GFP_KERNEL);
		online_memcg(memcg, child, cgroup_css(parent));
	}
	cgroup_unlock();
	return err;
}
