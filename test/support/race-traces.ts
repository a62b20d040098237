// The races that the report goldens show: the review's question on the BPF OOM patches (WARN), its worse
// sibling (use-after-free through a slot that nobody cleared), an ABBA deadlock, hostile text, a long trace.

import type { Trace } from "../../src/campaign/summary.ts";
import { chosen, place, type RowSpec, step, trace, violation, wrong } from "./traces.ts";

const CLOSE = "bpf_link_close > bpf_struct_ops_map_link_dealloc > bpf_oom_ops_unreg";
const OFFLINE = "css_killed_work_fn > mem_cgroup_css_offline > bpf_oom_memcg_offline";

/** unreg looks the memcg up, offline clears the slot, unreg finds NULL. */
export function warnTrace(): Trace {
  const closer = "close(link)";
  const worker = "kworker: css_killed_work_fn";
  const warn = violation("warn", "WARNING in bpf_oom_ops_unreg(): WARN_ON(READ_ONCE(*slot) != ops)", {
    task: closer,
    place: place("bpf-oom/v2.c:128", "bpf_oom_ops_unreg", "WARN_ON(READ_ONCE(*slot) != ops)"),
  });
  return trace({
    tasks: [closer, worker],
    rows: [
      step(
        closer,
        "bpf_link_close",
        "lib/bpf_link.c:88",
        "refcount_dec_and_test(&link->refcnt)",
        "refs 1->0",
      ),
      step(closer, CLOSE, "bpf-oom/v2.c:120", "memcg = mem_cgroup_get_from_ino(id)", "= mem_cgroup#2"),
      step(worker, "css_killed_work_fn", "lib/cgroup.c:210", "mutex_lock(&cgroup_mutex)"),
      step(worker, OFFLINE, "bpf-oom/v2.c:68", "idx = srcu_read_lock(&bpf_oom_srcu)"),
      step(worker, OFFLINE, "bpf-oom/v2.c:69", "ops = READ_ONCE(memcg->bpf_oom)", "= bpf_oom_ops#1"),
      step(worker, OFFLINE, "bpf-oom/v2.c:70", "WRITE_ONCE(memcg->bpf_oom, NULL)", "= NULL"),
      wrong(step(closer, CLOSE, "bpf-oom/v2.c:128", "READ_ONCE(*slot)", "= NULL"), warn),
    ],
  });
}

/**
 * Four actors, no preemption inside a function: the lookup fails, so the slot keeps ops that are then freed.
 */
export function uafTrace(): Trace {
  const closer = "close(link)";
  const rmdir = "rmdir";
  const worker = "kworker: css_killed_work_fn";
  const free = "kworker: bpf_map_free_deferred";
  const call = "ops->handle_cgroup_offline";
  const uaf = violation(
    "use-after-free",
    "use-after-free in bpf_oom_memcg_offline(): bpf_oom_ops",
    { task: worker, place: place("bpf-oom/v2.c:71", "bpf_oom_memcg_offline", call), object: "bpf_oom_ops#1" },
    [
      { role: "freed by", task: free, place: place("lib/bpf_link.c:28", "bpf_map_free_deferred") },
      { role: "allocated by", task: "set-up", place: place("bpf-oom/scenarios.h:27", "load_ops") },
    ],
  );
  const map = "bpf_map_free_deferred";
  return trace({
    tasks: [closer, rmdir, worker, free],
    rows: [
      step(rmdir, "cgroup_rmdir", "lib/cgroup.c:240", "mutex_lock(&cgroup_mutex)"),
      step(rmdir, "cgroup_rmdir > kill_css", "lib/cgroup.c:180", "percpu_ref_kill(&css->refcnt)", "(killed)"),
      step(rmdir, "cgroup_rmdir", "lib/cgroup.c:251", "WRITE_ONCE(cgrp->kn->active, false)"),
      step(rmdir, "cgroup_rmdir", "lib/cgroup.c:255", "mutex_unlock(&cgroup_mutex)"),
      step(
        closer,
        "bpf_link_close",
        "lib/bpf_link.c:88",
        "refcount_dec_and_test(&link->refcnt)",
        "refs 1->0",
      ),
      step(closer, CLOSE, "bpf-oom/v2.c:120", "memcg = mem_cgroup_get_from_ino(id)", "= ERR_PTR(-ENOENT)"),
      step(closer, CLOSE, "bpf-oom/v2.c:133", "synchronize_srcu(&bpf_oom_srcu)", "(begins to wait)"),
      step(closer, CLOSE, "bpf-oom/v2.c:133", "synchronize_srcu(&bpf_oom_srcu)", "(grace period over)"),
      step(
        closer,
        "bpf_link_close > bpf_struct_ops_map_link_dealloc",
        "lib/bpf_link.c:80",
        "bpf_map_put(map)",
        "queues bpf_map_free_deferred",
      ),
      step(free, map, "lib/bpf_link.c:26", "synchronize_rcu()", "(begins to wait)"),
      step(worker, "css_killed_work_fn", "lib/cgroup.c:210", "mutex_lock(&cgroup_mutex)"),
      step(free, map, "lib/bpf_link.c:26", "synchronize_rcu()", "(grace period over)"),
      step(free, map, "lib/bpf_link.c:28", "kfree(st_map->kdata)", "frees bpf_oom_ops#1"),
      step(worker, OFFLINE, "bpf-oom/v2.c:68", "idx = srcu_read_lock(&bpf_oom_srcu)"),
      step(worker, OFFLINE, "bpf-oom/v2.c:69", "ops = READ_ONCE(memcg->bpf_oom)", "= bpf_oom_ops#1"),
      step(worker, OFFLINE, "bpf-oom/v2.c:70", "WRITE_ONCE(memcg->bpf_oom, NULL)", "= NULL"),
      wrong(step(worker, OFFLINE, "bpf-oom/v2.c:71", call), uaf),
    ],
  });
}

/** ABBA: detach under update_mutex wants cgroup_mutex, release under cgroup_mutex wants update_mutex. */
export function deadlockTrace(): Trace {
  const detach = "detach(link)";
  const release = "kworker: cgroup_bpf_release";
  const wantsCgroup = place("fix.c:41", "bpf_oom_link_detach", "mutex_lock(&cgroup_mutex)");
  const wantsUpdate = place("fix.c:77", "bpf_oom_auto_detach", "mutex_lock(&update_mutex)");
  const deadlock = violation(
    "deadlock",
    "deadlock in bpf_oom_auto_detach(): mutex_lock(&update_mutex)",
    { task: release, place: wantsUpdate },
    [
      { role: "waits for", task: detach, place: wantsCgroup, lock: "cgroup_mutex" },
      {
        role: "held by",
        task: release,
        place: place("fix.c:70", "cgroup_bpf_release", "mutex_lock(&cgroup_mutex)"),
      },
      { role: "waits for", task: release, place: wantsUpdate, lock: "update_mutex" },
      {
        role: "held by",
        task: detach,
        place: place("fix.c:38", "bpf_oom_link_detach", "mutex_lock(&update_mutex)"),
      },
    ],
    [
      "detach(link) waits for cgroup_mutex, held by kworker: cgroup_bpf_release",
      "kworker: cgroup_bpf_release waits for update_mutex, held by detach(link)",
    ],
  );
  return trace({
    tasks: [detach, release],
    rows: [
      step(detach, "bpf_oom_link_detach", "fix.c:38", "mutex_lock(&update_mutex)"),
      step(release, "cgroup_bpf_release", "fix.c:70", "mutex_lock(&cgroup_mutex)"),
      step(
        release,
        "cgroup_bpf_release > bpf_oom_auto_detach",
        "fix.c:75",
        "READ_ONCE(link->map)",
        "= bpf_map#1",
      ),
    ],
    violations: [deadlock],
  });
}

/** Three tasks whose labels and statements are longer than any column. */
export function longLabelsTrace(): Trace {
  const a = "write(cgroup.subtree_control, -memory)";
  const b = "reader: mem_cgroup_out_of_memory";
  const c = "rcu: css_free_rcu_fn";
  const text =
    "bpf_ops_handle_oom(READ_ONCE(memcg->bpf_oom), container_of(oc, struct oom_control_wrapper, oc))";
  const uaf = violation(
    "use-after-free",
    "use-after-free in bpf_ops_handle_oom(): mem_cgroup",
    { task: b, place: place("mm/bpf_oom.c:52", "bpf_ops_handle_oom"), object: "mem_cgroup#2" },
    [{ role: "freed by", task: c, place: place("lib/cgroup.c:61", "free_memcg") }],
  );
  return trace({
    tasks: [a, b, c],
    rows: [
      chosen(
        step(a, "cgroup_subtree_control_write", "lib/cgroup.c:300", "cgroup_apply_control_disable(cgrp)"),
        1,
      ),
      step(b, "mem_cgroup_out_of_memory > bpf_handle_oom", "mm/bpf_oom.c:90", text, "= mem_cgroup#2"),
      step(
        c,
        "css_free_rcu_fn > css_free_rwork_fn",
        "lib/cgroup.c:61",
        "kfree(mem_cgroup_from_css(container_of(work, struct cgroup_subsys_state, destroy_work)))",
        "frees mem_cgroup#2",
      ),
      wrong(
        step(
          b,
          "mem_cgroup_out_of_memory > bpf_handle_oom",
          "mm/bpf_oom.c:52",
          "memcg->css.cgroup->bpf.effective[CGROUP_OOM_OPS]->items[0].prog",
        ),
        uaf,
      ),
    ],
  });
}

/** What a hostile model may put into every text that a report prints. */
export function hostileTrace(): Trace {
  const a = "\u001b]0;owned\u0007\u001b[31mred\nSubject: hi";
  const b = "\u202egnp.exe \u2066x\u2069 g\u00fcr";
  const bad = violation(
    "assertion",
    "diff --git a/x b/x\n---\nFrom: root\u001b[2J",
    { task: a, place: place("a\u0000b;rm -rf.c:1", "f\u009b31m", 'assert("\u001b[0m")'), object: "\u200f" },
    [{ role: "held\r\nby", task: b, place: place("$(reboot).c:2", "g\u2028") }],
    ["\u001b[31mnobody"],
  );
  return trace({
    tasks: [a, b],
    rows: [
      step(b, "g\u0007", "x.c:3", "--- a\t\tb\u007f", "\u001b[8m"),
      wrong(step(a, "f", "x.c:1", "From here `reboot`", "= \u2192 \u{1f4a9}"), bad),
    ],
  });
}

/** Sixty steps, of which few matter. */
export function longTrace(): Trace {
  const reader = "reader";
  const writer = "writer";
  const rows: RowSpec[] = [];
  const read = (line: number, text: string, effect = ""): RowSpec =>
    step(reader, "item_lookup", `item.c:${line}`, text, effect);
  const write = (line: number, text: string, effect = ""): RowSpec =>
    step(writer, "item_unlink", `item.c:${line}`, text, effect);
  for (let i = 0; i < 22; i++) rows.push(read(10 + i, `stats[${i}]++`, `= ${i}`));
  rows.push(read(40, "rcu_read_lock()"), read(41, "p = rcu_dereference(s->obj)", "= item#1"));
  for (let i = 0; i < 24; i++) rows.push(write(100 + i, `log[${i}] = jiffies`, `= ${i}`));
  rows.push(write(140, "old = s->obj", "= item#1"), write(141, "rcu_assign_pointer(s->obj, NULL)", "= NULL"));
  for (let i = 0; i < 8; i++) rows.push(write(150 + i, `trace(${i})`));
  rows.push(write(160, "kfree(old)", "frees item#1"));
  const uaf = violation(
    "use-after-free",
    "use-after-free in item_lookup(): item",
    { task: reader, place: place("item.c:42", "item_lookup", "p->cnt++"), object: "item#1" },
    [{ role: "freed by", task: writer, place: place("item.c:160", "item_unlink") }],
  );
  rows.push(wrong(read(42, "p->cnt++"), uaf));
  return trace({ tasks: [reader, writer], rows });
}
