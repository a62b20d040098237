// Goal: the headers are C for a compiler and for our front-end, and lay out what the machine works on as
// assembly/abi.ts says. A machine without gcc skips the first half visibly; CI does not get away with that.

import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import * as abi from "../../assembly/abi.ts";
import { modelsFolder } from "../../src/base/paths.ts";
import { PRIMITIVES } from "../../src/model/ir.ts";
import { parseSource } from "../../src/model/parse.ts";
import { sourceFromText } from "../../src/model/source.ts";

const include = join(modelsFolder, "include");
const headers = readdirSync(include, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".h"))
  .sort();

const hasGcc = spawnSync("gcc", ["--version"]).status === 0;

function gcc(text: string): string {
  const args = ["-std=gnu11", "-fsyntax-only", "-Wall", "-Werror", "-I", include, "-x", "c", "-"];
  return spawnSync("gcc", args, { input: text, encoding: "utf8" }).stderr;
}

const unit = (text: string) => parseSource(sourceFromText("/nowhere/h.c", "h.c", text));

describe("under gcc", () => {
  test.runIf(process.env.CI)("gcc is there where CI runs", () => {
    expect(hasGcc).toBe(true);
  });

  test.skipIf(!hasGcc).each(headers)("%s compiles alone and twice", (name) => {
    expect(gcc(`#include <${name}>\n#include <${name}>\n`)).toBe("");
  });

  test.skipIf(!hasGcc)("all headers compile together, in both orders", () => {
    const lines = headers.map((name) => `#include <${name}>\n`);
    expect(gcc(lines.join(""))).toBe("");
    expect(gcc(lines.toReversed().join(""))).toBe("");
  });

  test.skipIf(!hasGcc)("kernel code that uses them compiles", () => {
    expect(gcc(PATCH)).toBe("");
  });
});

describe("in our front-end", () => {
  test.each(headers)("%s is read without a diagnostic, every chunk of it", async (name) => {
    const { chunks, notes } = await unit(`#include <${name}>\nint end;\n`);
    expect(notes).toEqual([]);
    for (const chunk of chunks) if (chunk.kind !== "skipped") expect(chunk.errors()).toEqual([]);
  });

  test("kernel code that uses them is read without a diagnostic", async () => {
    const { chunks, notes } = await unit(PATCH);
    expect(notes).toEqual([]);
    for (const chunk of chunks) if (chunk.kind !== "skipped") expect(chunk.errors()).toEqual([]);
    const functions = chunks.filter((chunk) => chunk.kind === "function").map((chunk) => chunk.name);
    expect(functions).toEqual(
      expect.arrayContaining(["node_release", "node_walk", "two_tasks", "IS_ERR", "list_add"]),
    );
  });

  test("every primitive has a prototype with its number of parameters", async () => {
    const { expanded } = await unit(headers.map((name) => `#include <${name}>\n`).join(""));
    for (const [name, { args, result }] of Object.entries(PRIMITIVES)) {
      if (name.startsWith("ops_call_")) continue;
      const found = new RegExp(`(\\w+) \\*?${name}\\(([^;{}]*)\\);`).exec(expanded.text);
      expect(found, name).not.toBeNull();
      const parameters = found![2] === "void" ? 0 : found![2]!.split(",").length;
      expect({ name, parameters, result: found![1] !== "void" }).toEqual({ name, parameters: args, result });
    }
  });

  test("locks, RCU and SRCU come down to the primitives", async () => {
    const { expanded } = await unit(`#include <linux/srcu.h>
#include <linux/rcupdate_trace.h>
void f(struct srcu_struct *s) { rcu_read_lock(); synchronize_rcu(); synchronize_srcu(s);
rcu_read_unlock_trace(); }`);
    const body = expanded.text.slice(expanded.text.indexOf("void f(")).replaceAll(/\s+/g, "");
    expect(body).toContain("((void)gp_read_lock(&rcu_domain));(gp_start(&rcu_domain),gp_wait());");
    expect(body).toContain(
      "(gp_start(&(s)->domain),gp_wait());gp_read_unlock_last(&rcu_tasks_trace_domain);",
    );
  });

  test("what the lowering knows stays a call", async () => {
    const { expanded } =
      await unit(`${headers.map((name) => `#include <${name}>\n`).join("")}void body(void) { KEEP
READ_ONCE(a); WRITE_ONCE(a, 1); smp_load_acquire(p); smp_store_release(p, 1); rcu_dereference(p);
rcu_dereference_check(p, 1); rcu_dereference_protected(p, 1); rcu_assign_pointer(p, q);
rcu_replace_pointer(p, q, 1);
xchg(p, 1); cmpxchg(p, 1, 2); try_cmpxchg(p, o, 2); smp_mb(); smp_rmb(); smp_wmb(); atomic_inc(v); WARN_ON(1);
WARN_ON_ONCE(1); BUG_ON(1); likely(1); unlikely(1); kzalloc(1, 2);
choose(2); assume(1); assert(1); always(1); at_end(1);
thread("x", f()); offsetof(struct s, m); dangles(p); leaks();
settle(); guard(mutex)(l); lockdep_assert_held(l); }`);
    const kept = expanded.text.slice(expanded.text.indexOf("KEEP") + 4).match(/\b\w+\(/g);
    const written = [
      ...["READ_ONCE", "WRITE_ONCE", "smp_load_acquire", "smp_store_release", "rcu_dereference"],
      ...["rcu_dereference_check", "rcu_dereference_protected", "rcu_assign_pointer", "rcu_replace_pointer"],
      ...["xchg", "cmpxchg", "try_cmpxchg", "smp_mb", "smp_rmb", "smp_wmb", "atomic_inc", "WARN_ON"],
      ...["WARN_ON_ONCE", "BUG_ON", "likely", "unlikely", "choose", "assume", "assert", "always", "at_end"],
      ...["thread", "f", "offsetof", "dangles", "leaks", "settle", "guard", "lockdep_assert_held", "kzalloc"],
    ];
    expect(new Set(kept?.map((call) => call.slice(0, -1)))).toEqual(new Set(written));
  });
});

describe("layout", () => {
  // Cells of a struct of scalars: its members in order; nested structs are written out.
  const members: Record<string, Record<string, number>> = {
    "struct mutex": { owner: abi.LOCK_OWNER },
    "struct spinlock": { owner: abi.LOCK_OWNER },
    "struct rw_semaphore": {
      owner: abi.RWSEM_OWNER,
      reads: abi.RWSEM_READS,
      queued: abi.RWSEM_QUEUED,
      spins: abi.RWSEM_SPINS,
    },
    "struct wait_queue_head": { order_lo: abi.WAIT_ORDER, waiters: abi.WAIT_COUNT },
    "struct gp_domain": {
      sections_lo: abi.DOMAIN_SECTIONS,
      flags: abi.DOMAIN_FLAGS,
      pending: abi.DOMAIN_PENDING,
    },
    "struct rcu_head": { queued: abi.HEAD_QUEUED },
    "struct work_struct": {
      func: abi.WORK_FUNCTION,
      pending: abi.WORK_PENDING,
      running: abi.WORK_RUNNING,
      disabled: abi.WORK_DISABLED,
    },
    "struct workqueue_struct": {
      max_active: abi.QUEUE_MAX_ACTIVE,
      active: abi.QUEUE_ACTIVE,
      waiting: abi.QUEUE_WAITING,
      drainers: abi.QUEUE_DRAINERS,
    },
    "struct percpu_ref": { count: abi.CSS_REFS, dead: abi.CSS_DEAD },
    "struct completion": { done: abi.COMPLETION_DONE },
    "struct refcount_struct": { refs: 0 },
    "struct srcu_struct": { domain: 0 },
    "struct cgroup_subsys_state": { refcnt: 0 },
  };

  test("the cells that the machine works on stand where assembly/abi.ts says", async () => {
    const { chunks } = await unit(headers.map((name) => `#include <${name}>\n`).join(""));
    const seen = new Set<string>();
    for (const chunk of chunks) {
      if (chunk.kind !== "declaration") continue;
      for (const struct of chunk.tree().descendantsOfType("struct_specifier")) {
        const name = `struct ${struct.childForFieldName("name")?.text}`;
        const body = struct.childForFieldName("body");
        const expected = members[name];
        if (body === null || expected === undefined) continue;
        seen.add(name);
        const fields = body.namedChildren.map((f) => f.childForFieldName("declarator")?.text);
        for (const [field, cell] of Object.entries(expected))
          expect(fields.indexOf(field), `${name}.${field}`).toBe(cell);
      }
    }
    expect([...seen].sort()).toEqual(Object.keys(members).sort());
  });

  test("the flags of domains have the machine's values", () => {
    const text = readFileSync(join(include, "raceproof/domain.h"), "utf8");
    expect(text).toContain(`#define DOMAIN_ATOMIC ${abi.DOMAIN_ATOMIC}\n`);
    expect(text).toContain(`#define DOMAIN_SOFTIRQ ${abi.DOMAIN_SOFTIRQ}\n`);
    expect(text).toContain(`#define DOMAIN_READY ${abi.DOMAIN_READY}\n`);
  });

  test("so have the numbers that headers hand to primitives", () => {
    const numbers: [string, string, number][] = [
      ["refcount", "REFCOUNT_ADD_UAF", abi.Detail.FROM_ZERO],
      ["refcount", "REFCOUNT_SUB_UAF", abi.Detail.UNDERFLOW],
      ["refcount", "REFCOUNT_OVF", abi.Detail.SATURATED],
      ["refcount", "REFCOUNT_DEC_LEAK", abi.Detail.LEAKED],
      ["sched", "TASK_INTERRUPTIBLE", abi.WAIT_INTERRUPTIBLE],
      ["sched", "TASK_UNINTERRUPTIBLE", abi.WAIT_UNINTERRUPTIBLE],
      ["wait", "WAIT_EXCLUSIVE", abi.WAIT_EXCLUSIVE],
    ];
    for (const [header, name, value] of numbers) {
      const text = readFileSync(join(include, `linux/${header}.h`), "utf8");
      expect(text).toContain(`#define ${name} ${value}\n`);
    }
    const completion = readFileSync(join(include, "linux/completion.h"), "utf8");
    expect(completion).toContain(`#define COMPLETION_ALL 0x${abi.COMPLETION_ALL.toString(16)}\n`);
  });
});

test.skipIf(!hasGcc)("lists work when compiled: the macros are right, not only well-formed", () => {
  const program = `int printf(const char *, ...);
#include <linux/list.h>
struct item { int n; struct list_head node; };
int main(void) {
	LIST_HEAD(all); LIST_HEAD(other); struct item a = { 1 }, b = { 2 }, c = { 3 }, *pos, *n;
	list_add(&a.node, &all); list_add_tail(&b.node, &all); list_add(&c.node, &all);
	list_for_each_entry(pos, &all, node) printf("%d", pos->n);
	list_for_each_entry_reverse(pos, &all, node) printf("%d", pos->n);
	list_move_tail(&c.node, &all); list_del_init(&b.node);
	list_for_each_entry_safe(pos, n, &all, node) { printf(" %d", pos->n); list_del(&pos->node); }
	list_add(&b.node, &other); list_splice_init(&other, &all);
	printf(" %d%d%d", list_empty(&all), list_empty(&other), list_first_entry(&all, struct item, node)->n);
	printf(" %d\\n", list_first_entry_or_null(&other, struct item, node) == NULL);
	return 0;
}`;
  const file = execFileSync("mktemp", ["--suffix=.out"], { encoding: "utf8" }).trim();
  execFileSync("gcc", ["-std=gnu11", "-w", "-I", include, "-x", "c", "-", "-o", file], { input: program });
  expect(execFileSync(file, { encoding: "utf8" })).toBe("312213 1 3 012 1\n");
  execFileSync("rm", [file]);
});

/** Patch code as users paste it: every construct that the dialect promises. */
const PATCH = `#include <raceproof.h>
#include <linux/module.h>
#include <linux/btf_ids.h>
#include <linux/bpf_verifier.h>
#include <linux/completion.h>
#include <linux/kref.h>
#include <linux/memcontrol.h>
#include <linux/oom.h>
#include <linux/rculist.h>
#include <linux/rcupdate_trace.h>
#include <linux/srcu.h>
#include <linux/string.h>

struct node_ops {
	int (*handle)(struct oom_control *oc);
	char name[16];
};
struct_ops_type(node_ops);

struct node {
	struct kref ref;
	struct list_head list;
	struct rcu_head rcu;
	struct work_struct work;
	struct node_ops __rcu *ops;
	unsigned long flags;
	atomic_long_t hits;
};

static LIST_HEAD(nodes);
static DEFINE_SPINLOCK(nodes_lock);
static DEFINE_MUTEX(nodes_mutex);
DEFINE_STATIC_SRCU(nodes_srcu);
static DECLARE_COMPLETION(nodes_gone);
static struct workqueue_struct *nodes_wq __read_mostly;

static void node_release(struct kref *ref)
{
	struct node *node = container_of(ref, struct node, ref);

	pr_info_ratelimited("%s: node %p goes\\n", __func__, node);
	kfree_rcu(node, rcu);
	complete_all(&nodes_gone);
}

static void node_work(struct work_struct *work)
{
	struct node *node = container_of(work, struct node, work);

	might_sleep();
	kref_put(&node->ref, node_release);
}

__bpf_kfunc_start_defs();

__bpf_kfunc struct node *node_create(gfp_t flags)
{
	struct node *node __maybe_unused = kzalloc(sizeof(*node), flags);

	if (unlikely(!node))
		return ERR_PTR(-ENOMEM);
	kref_init(&node->ref);
	INIT_LIST_HEAD(&node->list);
	INIT_WORK(&node->work, node_work);
	guard(mutex)(&nodes_mutex);
	list_add_rcu(&node->list, &nodes);
	return node;
}

__bpf_kfunc_end_defs();

BTF_KFUNCS_START(node_kfuncs)
BTF_ID_FLAGS(func, node_create, KF_ACQUIRE | KF_RET_NULL)
BTF_KFUNCS_END(node_kfuncs)

static int node_walk(struct oom_control *oc) __must_hold(&oom_lock)
{
	struct node *node, *next;
	unsigned long flags;
	int idx, ret = 0;

	lockdep_assert_held(&oom_lock);
	idx = srcu_read_lock(&nodes_srcu);
	list_for_each_entry_srcu(node, &nodes, list, srcu_read_lock_held(&nodes_srcu)) {
		struct node_ops *ops = srcu_dereference(node->ops, &nodes_srcu);

		if (!ops || !ops->handle || test_bit(0, &node->flags))
			continue;
		atomic_long_inc(&node->hits);
		ret = max(ret, ops->handle(oc));
		switch (ret) {
		case -EAGAIN ... -EPERM:
			goto out;
		case 0:
			fallthrough;
		default:
			break;
		}
	}
out:
	srcu_read_unlock(&nodes_srcu, idx);
	scoped_guard(spinlock_irqsave, &nodes_lock) {
		list_for_each_entry_safe(node, next, &nodes, list)
			list_del_init(&node->list);
	}
	scoped_guard(rcu)
		ret += rcu_access_pointer(oc->memcg) ? 1 : 0;
	spin_lock_irqsave(&nodes_lock, flags);
	if (test_and_set_bit(1, &flags))
		ret = min_t(int, ret, ARRAY_SIZE(((struct node_ops *)0)->name));
	spin_unlock_irqrestore(&nodes_lock, flags);
	if (WARN_ON_ONCE(ret < -MAX_ERRNO))
		return IS_ENABLED(CONFIG_MEMCG) ? -EINVAL : 0;
	return ret;
}

static int __init nodes_init(void)
{
	BUILD_BUG_ON(sizeof(struct node_ops) == 0);
	nodes_wq = alloc_workqueue("nodes", WQ_UNBOUND, 1);
	return nodes_wq ? 0 : -ENOMEM;
}
late_initcall(nodes_init);
EXPORT_SYMBOL_GPL(node_create);
MODULE_LICENSE("GPL");

scenario two_tasks(void)
{
	struct oom_control oc = { .memcg = NULL };
	struct node *node = node_create(GFP_KERNEL);

	assume(!IS_ERR(node));
	nodes_init();
	settle();
	thread("walk", node_walk(&oc));
	thread("drop", queue_work(nodes_wq, &node->work));
	always(choose(2) < 2);
	at_end(!leaks() && !dangles(node));
}
`;
