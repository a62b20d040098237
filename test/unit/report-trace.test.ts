// Goal: a diagram that a kernel maintainer would paste into a reply.
// Method: hand-made traces against goldens (read them!), and the rules that every mail must keep, whatever
// the trace: 72 columns, ASCII, no tabs, no trailing blanks, indented, unchanged by git mailinfo.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Trace } from "../../src/campaign/summary.ts";
import { renderReproductionMail } from "../../src/report/mail.ts";
import { renderReproduction } from "../../src/report/reproduction.ts";
import { expectGolden } from "../support/golden.ts";
import {
  deadlockTrace,
  hostileTrace,
  longLabelsTrace,
  longTrace,
  uafTrace,
  warnTrace,
} from "../support/race-traces.ts";
import { place, reproduction, step, trace, violation, wrong } from "../support/traces.ts";

const RACES: Readonly<Record<string, Trace>> = {
  warn: warnTrace(),
  "use-after-free": uafTrace(),
  deadlock: deadlockTrace(),
  "long-labels": longLabelsTrace(),
  hostile: hostileTrace(),
  "long-trace": longTrace(),
};

function mail(of: Trace): string {
  return renderReproductionMail(reproduction(of));
}

describe.each(Object.entries(RACES))("the race %s", (name, of) => {
  test("reads in a mail as its golden", () => {
    expectGolden(`report/${name}.mail.txt`, mail(of));
  });

  test("reads step by step as its golden", () => {
    expectGolden(`report/${name}.steps.txt`, renderReproduction(reproduction(of), { format: "steps" }));
  });

  test("keeps the rules of a mail: 72 columns, ASCII, nothing trailing, indented below its sentence", () => {
    const [subject, , ...rest] = mail(of).split("\n");
    expect(subject!.length).toBeLessThanOrEqual(72);
    for (const line of rest) expect(line.length, line).toBeLessThanOrEqual(72);
    // Below the sentence everything is indented.
    for (const line of rest.slice(rest.indexOf(""))) {
      expect(line).toMatch(/^$|^ {2,}[!-~]([ -~]*[!-~])?$/);
    }
  });

  test("passes git mailinfo unchanged, also after four replies", () => {
    const body = mail(of);
    expect(throughMailinfo(body)).toBe(body);
    const quoted = body.replaceAll(/^/gm, "> > > > ");
    expect(Math.max(...quoted.split("\n").map((l) => l.length))).toBeLessThanOrEqual(80);
  });
});

/** The commit message that `git am` would make of a mail with this body. */
function throughMailinfo(body: string): string {
  const directory = mkdtempSync(join(tmpdir(), "raceproof-mail-"));
  try {
    const input = `From: A Reviewer <a@example.org>
Subject: a race
Date: Mon, 27 Oct 2025 12:00:00 +0000

${body}`;
    const patch = join(directory, "patch");
    execFileSync("git", ["mailinfo", join(directory, "message"), patch], { input, cwd: directory });
    expect(readFileSync(patch, "utf8")).toBe("");
    return readFileSync(join(directory, "message"), "utf8");
  } finally {
    rmSync(directory, { recursive: true });
  }
}

describe("the columns", () => {
  const tasks = ["a", "b", "c", "d", "e"];
  const rows = (n: number) => tasks.slice(0, n).map((t) => step(t, `f_${t}`, "x.c:1", `x_${t}++`));

  test("stand at 2 and 38 for two tasks, at 2, 25 and 48 for three, at 2, 18, 34 and 50 for four", () => {
    const offsets = [2, 3, 4].map((n) => {
      const rule = mail(trace({ tasks, rows: rows(n) }))
        .split("\n")
        .find((l) => l.includes("----"))!;
      return [...rule.matchAll(/----/g)].map((m) => m.index);
    });
    expect(offsets).toEqual([
      [2, 38],
      [2, 25, 48],
      [2, 18, 34, 50],
    ]);
  });

  test("are shared by more than four tasks, where one has ended before the other begins", () => {
    const text = mail(trace({ tasks, rows: rows(5) }));
    expect(text).toContain(
      "  a                                   b\n  ----                                ----\n",
    );
    expect(text).toContain("\n  c\n  ----\n  f_c()\n    x_c++\n");
    expect(text).toContain("\n                                      d\n");
    expect(text).toContain("\n  e\n  ----\n  f_e()\n");
  });

  test("keep a task that others interrupt for itself", () => {
    const again = step("a", "f_a", "x.c:2", "y_a++");
    const lines = mail(trace({ tasks, rows: [...rows(5), again] })).split("\n");
    const first = lines.findIndex((l) => l.startsWith("  f_a()"));
    const there = lines.slice(first, lines.indexOf("    y_a++") + 1);
    expect(there.filter((l) => /^ {2,4}\S/.test(l))).toEqual(["  f_a()", "    x_a++", "    y_a++"]);
  });

  test("give way to a label on each row where more than four tasks take turns", () => {
    const text = mail(trace({ tasks, rows: [...rows(5), ...rows(5)] }));
    expect(text).not.toContain("----");
    expect(text).toContain("  [e] f_e()\n  [e]   x_e++\n");
  });

  test("leave out threads that take no step, and name them below", () => {
    const text = mail(trace({ tasks: [...tasks, "kworker: w"], rows: rows(2) }));
    expect(text).toContain("\n  (no step of: c, d, e)\n");
    expect(mail(trace({ tasks: ["a"], rows: rows(1) }))).not.toContain("no step of");
  });

  test("belong to tasks that act, in the order of their slots", () => {
    const text = mail(trace({ tasks, rows: [step("d", "f", "x.c:1", "y"), step("b", "g", "x.c:2", "z")] }));
    expect(text).toMatch(/^ {2}b {35}d$/m);
  });

  test("tell tasks of one label apart by the letter of the schedule token", () => {
    const of = trace({ tasks: ["reader", "reader"], rows: [step("reader", "f", "x.c:1", "y")] });
    expect(mail(of)).toContain("  reader (a)\n");
  });
});

describe("the statements", () => {
  test("break at blanks, brackets and members, never inside an identifier that a line can hold", () => {
    const words = fc.constantFrom(
      "memcg",
      "->bpf_oom",
      "READ_ONCE(",
      "&",
      ", ",
      " != ",
      ")",
      "[i]",
      "ops",
      ".x",
      "(*f)",
    );
    fc.assert(
      fc.property(fc.array(words, { minLength: 1, maxLength: 30 }), (parts) => {
        const text = parts.join("");
        const of = trace({
          tasks: ["a", "b"],
          rows: [step("a", "f", "x.c:1", "y"), step("b", "g", "x.c:2", text)],
        });
        const shown = mail(of).split("\n");
        const known = new Set([...text.matchAll(/[A-Za-z_]\w*/g)].map((m) => m[0]));
        const from = shown.findIndex((l) => /^ {2}---- +----$/.test(l));
        const to = shown.findIndex((l, i) => i > from && l === "");
        expect(from, shown.join("\n")).toBeGreaterThan(0);
        const column = shown[from]!.lastIndexOf("----");
        for (const row of shown.slice(from + 1, to)) {
          for (const [word] of row.slice(column).matchAll(/[A-Za-z_]\w*/g)) {
            expect(word === "g" || known.has(word), `${word} of ${text}`).toBe(true);
          }
        }
      }),
      { seed: 42, numRuns: 300 },
    );
  });

  test("of a function in a model's own header are shown", () => {
    const shared = { ...step("a", "f", "x.c:1", "READ_ONCE(p)", ""), path: "f > helper", at: "parts.h:3" };
    expect(mail(trace({ tasks: ["a", "b"], rows: [shared] }))).toContain(
      "    helper()\n      READ_ONCE(p)\n",
    );
  });

  test("of a header's function are one row, whatever steps it takes, as long as nobody comes between", () => {
    const inside = (line: number, effect: string) => ({
      ...step("a", "f", "x.c:1", "ignored", effect),
      path: "f > synchronize_srcu",
      at: `include/linux/srcu.h:${line}`,
    });
    const alone = trace({ tasks: ["a", "b"], rows: [inside(5, ""), inside(6, "(grace period over)")] });
    expect(mail(alone).match(/synchronize_srcu/g)).toHaveLength(1);
    expect(mail(alone)).toContain("    synchronize_srcu(...)  (grace period over)\n");
    const parted = trace({
      tasks: ["a", "b"],
      rows: [inside(5, ""), step("b", "g", "x.c:2", "y"), inside(6, "")],
    });
    expect(mail(parted)).toContain("    ... synchronize_srcu()\n");
  });

  test("show the name of each function where its task enters it, once", () => {
    const text = mail(warnTrace());
    for (const name of [
      "bpf_link_close",
      "bpf_oom_ops_unreg",
      "css_killed_work_fn",
      "bpf_oom_memcg_offline",
    ]) {
      expect(text.match(new RegExp(`^ +${name}\\(\\)$`, "gm")), name).toHaveLength(1);
    }
  });

  test("carry what they drew from choose()", () => {
    expect(mail(longLabelsTrace())).toContain("[choose = 1]");
  });
});

describe("the violations", () => {
  test("are marked on a line of their own under the statement, in its column", () => {
    const lines = mail(uafTrace()).split("\n");
    const at = lines.findIndex((l) => l.includes("***"));
    expect(lines[at]!.trim()).toBe("*** use-after-free: bpf_oom_ops#1");
    expect(lines[at]!.indexOf("***")).toBe(lines[at - 1]!.indexOf("ops->handle_cgroup_offline"));
  });

  test("at the end of a run are marked below the diagram", () => {
    const leak = violation("leak", "leak at the end: leaks(item)", {
      task: "at_end",
      place: place("x.c:9", "s"),
    });
    const text = mail(trace({ tasks: ["a"], rows: [step("a", "f", "x.c:1", "y")], violations: [leak] }));
    expect(text).toContain("\n\n   *** LEAK (at the end)\n");
  });

  test("of a run without steps stand alone", () => {
    const leak = violation("leak", "leak at the end: leaks(item)", {
      task: "at_end",
      place: place("x.c:9", "s"),
    });
    const text = mail(trace({ tasks: ["a"], rows: [], violations: [leak] }));
    expect(text).toMatch(
      /^leak at the end: leaks\(item\)\n\nThis can happen: leak at the end: leaks\(item\)\.\n\n/,
    );
    expect(text).toMatch(/\.\n\n {3}\*{3} LEAK \(at the end\)\n\n {2}check: /);
  });

  test("of a refcount say what happened to it", () => {
    const bad = violation("refcount", "refcount_t: underflow; use-after-free in f(): item", {
      task: "a",
      place: place("x.c:1", "f"),
    });
    const text = mail(trace({ tasks: ["a"], rows: [wrong(step("a", "f", "x.c:1", "put(p)"), bad)] }));
    expect(text).toContain("    *** refcount_t: underflow\n");
  });
});

describe("a long trace", () => {
  test("is whole in the text format and keeps in a mail what touches the violated object", () => {
    const text = renderReproduction(reproduction(longTrace()), { format: "text" });
    const short = mail(longTrace());
    expect(text.match(/stats\[/g)).toHaveLength(22);
    expect(short).not.toContain("stats[3]");
    for (const kept of [
      "rcu_dereference(s->obj)",
      "rcu_assign_pointer(s->obj, NULL)",
      "kfree(old)",
      "p->cnt++",
    ]) {
      expect(short).toContain(kept);
    }
    expect(short).toContain("(60 steps; ...");
  });
});
