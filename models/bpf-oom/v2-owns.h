/* For the fix candidate of version 2 in which a slot has a reference on the map of its programs. */

struct put_ops {
	struct rcu_head rcu;
	struct bpf_oom_ops *ops;
};

static void put_ops_callback(struct rcu_head *head)
{
	struct put_ops *put = container_of(head, struct put_ops, rcu);

	bpf_struct_ops_put(put->ops);
	kfree(put);
}

/* The offline hook runs under cgroup_mutex and had better not wait for programs there. */
static void put_ops_after_readers(struct bpf_oom_ops *ops)
{
	struct put_ops *put = kzalloc(sizeof(*put), GFP_KERNEL);

	put->ops = ops;
	call_srcu(&bpf_oom_srcu, &put->rcu, put_ops_callback);
}
