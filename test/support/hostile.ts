// Text that a hostile model may put into names, labels and sources, and summaries made of it.

import fc from "fast-check";
import type { Summary, Trace } from "../../src/campaign/summary.ts";
import { place, step, summary, trace, violation, wrong } from "./traces.ts";

const PIECES = [
  "<script>alert(1)</script>",
  "]]>",
  "<!--",
  "&amp;",
  "&#x1b;",
  '"',
  "'",
  "`",
  "```",
  "|",
  "\\",
  "$(reboot)",
  "%0A::error::",
  "::error::",
  "::stop-commands::x",
  "##[error]",
  "::raceproof-report::",
  "# SKIP",
  "\nok 1",
  "\nnot ok 2 - x",
  "\nBail out!",
  "1..9",
  "\n---\n",
  "\ndiff --git a/x b/x",
  "\nFrom: root",
  "\nSubject: x",
  "\nFrom 1234",
  "> > ",
  "\u001b[31m",
  "\u001b]0;owned\u0007",
  "\u0000",
  "\u202e",
  "\u2066",
  "\u2028",
  "\u0085",
  "\ufeff",
  "\ud800",
  "\u{1f4a9}",
  "\u05d0\u05d1",
  "\t",
  "\r\n",
  "../../etc/passwd",
  "a".repeat(500),
  " ",
  "x->y",
];

export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 6 }).map((pieces) => pieces.join("")),
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.constantFrom(...PIECES),
);

/** Two tasks, some steps, one violation; every text is hostile. */
export const hostileTraces: fc.Arbitrary<Trace> = fc
  .record({
    labels: fc.tuple(hostileText, hostileText),
    names: fc.array(hostileText, { minLength: 4, maxLength: 4 }),
    texts: fc.array(hostileText, { minLength: 1, maxLength: 8 }),
    effect: hostileText,
    role: fc.constantFrom("freed by", "stored by", "held by"),
    kind: fc.constantFrom("warn" as const, "use-after-free" as const, "assertion" as const),
  })
  .map(({ labels: [one, two], names: [title, fn, file, object], texts, effect, role, kind }) => {
    const tasks = [`a${one}`, `b${two}`];
    const at = (line: number) => `${file}:${line}`;
    const there = place(at(3), fn!, texts[0]);
    const bad = violation(
      kind,
      title!,
      { task: tasks[0]!, place: place(at(1), fn!, texts[0]), object: object! },
      [{ role, task: tasks[1]!, place: there }],
    );
    const rows = texts.map((text, i) => step(tasks[i % 2]!, fn!, at(i + 1), text, effect));
    return trace({ tasks, rows: [...rows, wrong(step(tasks[0]!, fn!, at(1), texts[0]!, effect), bad)] });
  });

export const hostileSummaries: fc.Arbitrary<Summary> = fc
  .record({
    traces: fc.array(hostileTraces, { maxLength: 3 }),
    name: hostileText,
    scenario: hostileText,
    note: hostileText,
    token: hostileText,
    flag: hostileText,
  })
  .map(({ traces, name, scenario, note, token, flag }) => {
    const made = summary(traces, { notes: [note] });
    return {
      ...made,
      model: { ...made.model, name, scenario, flags: [`--define=A=${flag}`] },
      findings: made.findings.map((finding) => ({ ...finding, scheduleToken: token })),
    };
  });
