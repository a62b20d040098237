// Goal: reports in the shape of KCSAN's and lockdep's, where the finding fits; one pair has one title.

import { describe, expect, test } from "vitest";
import type { Trace } from "../../src/campaign/summary.ts";
import { renderKcsan } from "../../src/report/kcsan.ts";
import { renderLockdep } from "../../src/report/lockdep.ts";
import { expectGolden } from "../support/golden.ts";
import { deadlockTrace, uafTrace, warnTrace } from "../support/race-traces.ts";
import { place, reproduction, step, trace, violation, wrong } from "../support/traces.ts";

const { model } = reproduction(warnTrace());
const kcsan = (of: Trace) => renderKcsan(model, "0.1.0", of);
const lockdep = (of: Trace) => renderLockdep(model, "0.1.0", of);
const title = (text: string) => text.split("\n")[1]!;

/** `mine` in f() goes wrong after `other` in g(). */
function pair(f: string, g: string, role = "stored by", mine = "p->x", other = "p->x = 1"): Trace {
  const bad = violation(
    "null-deref",
    `null-ptr-deref in ${f}()`,
    { task: "a", place: place("m.c:1", f, mine) },
    [{ role, task: "b", place: place("m.c:2", g, other) }],
  );
  const rows = [step("b", g, "m.c:2", other), wrong(step("a", f, "m.c:1", mine), bad)];
  return trace({ tasks: ["a", "b"], rows });
}

describe("the shape of KCSAN", () => {
  test("of a use-after-free reads as its golden", () => {
    expectGolden("report/use-after-free.kcsan.txt", kcsan(uafTrace()));
  });

  test("has one title for a pair, whoever comes first", () => {
    expect(title(kcsan(pair("f", "g")))).toBe("BUG: KCSAN: data-race in f / g");
    expect(title(kcsan(pair("g", "f")))).toBe("BUG: KCSAN: data-race in f / g");
  });

  test.each([
    ["p->x", "p->x = 1", "read to", "write to"],
    ["READ_ONCE(p->x)", "WRITE_ONCE(p->x, 1)", "read (marked) to", "write (marked) to"],
    ["old = READ_ONCE(p->x)", "p->x++", "read (marked) to", "read-write to"],
    ["if (p->x == 1)", "p->x -= 1", "read to", "read-write to"],
    ["p->x <= 2", "xchg(&p->x, 1)", "read to", "read-write (marked) to"],
    ["rcu_dereference(p->x)", "rcu_assign_pointer(p->x, q)", "read (marked) to", "write (marked) to"],
  ])("says what `%s` and `%s` do", (mine, other, first, second) => {
    const text = kcsan(pair("f", "g", "stored by", mine, other));
    expect(text).toContain(`\n${second} memory by task b:\n g m.c:2\n`);
    expect(text).toContain(`\n${first} memory by task a:\n f m.c:1\n`);
  });

  test("does not fit what has one side only, and says what does", () => {
    expect(() => kcsan(warnTrace())).toThrow(/has no access of another task on its other side/);
    expect(() => kcsan(deadlockTrace())).toThrow(
      expect.objectContaining({ exitCode: 2, hint: "for a deadlock: --format lockdep" }),
    );
    expect(() => kcsan(trace({ tasks: ["a"], rows: [] }))).toThrow(/there is no violation/);
  });

  test("does not fit one task alone", () => {
    const alone = pair("f", "g");
    const [bad] = alone.violations;
    const same = { ...bad!, related: bad!.related.map((r) => ({ ...r, task: "a" })) };
    expect(() => kcsan({ ...alone, violations: [same] })).toThrow(/no access of another task/);
  });
});

describe("the shape of lockdep", () => {
  test("of a deadlock reads as its golden", () => {
    expectGolden("report/deadlock.lockdep.txt", lockdep(deadlockTrace()));
  });

  test("has its columns at 7 and 31, and each CPU waits for what the other took", () => {
    const lines = lockdep(deadlockTrace()).split("\n");
    const head = lines.find((line) => line.includes("CPU0"))!;
    expect([head.indexOf("CPU0"), head.indexOf("CPU1")]).toEqual([7, 31]);
    const statements = lines.filter((line) => line.includes("lock("));
    expect(statements).toEqual([
      "  lock(update_mutex);",
      `${" ".repeat(24)}  lock(cgroup_mutex);`,
      "  lock(cgroup_mutex);",
      `${" ".repeat(24)}  lock(update_mutex);`,
    ]);
  });

  test("has one title for a pair of locks", () => {
    const deadlock = deadlockTrace();
    const [bad] = deadlock.violations;
    const turned = { ...bad!, related: [...bad!.related.slice(2), ...bad!.related.slice(0, 2)] };
    expect(title(lockdep({ ...deadlock, violations: [turned] }))).toBe(title(lockdep(deadlock)));
  });

  test("of a lock that its own task holds is recursive locking", () => {
    const at = place("m.c:2", "f", "mutex_lock(&m)");
    const bad = violation("deadlock", "deadlock in f()", { task: "a", place: at }, [
      { role: "waits for", task: "a", place: at, lock: "m" },
      { role: "held by", task: "a", place: place("m.c:1", "f") },
    ]);
    const text = lockdep(trace({ tasks: ["a"], rows: [step("a", "f", "m.c:1", "x")], violations: [bad] }));
    expect(title(text)).toBe("WARNING: possible recursive locking detected: m");
    expect(text.match(/lock\(m\);/g)).toHaveLength(2);
  });

  test("does not fit what is no deadlock, or one over something else than locks", () => {
    expect(() => lockdep(uafTrace())).toThrow(/shows a deadlock over locks, and "use-after-free/);
    const [bad] = deadlockTrace().violations;
    const without = { ...bad!, related: bad!.related.filter(({ role }) => role !== "held by") };
    expect(() => lockdep({ ...deadlockTrace(), violations: [without] })).toThrow(
      /do not all wait for a lock/,
    );
  });
});
