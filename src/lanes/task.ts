// What a task does, as text: one function, or where that would be very long, one for each of its segments. A
// compiler takes time and memory by the names of a function times its branches: V8 took most of a gigabyte
// for 20,000 lines, and what came of it was slower.

import type { Layout } from "./layout.ts";
import type { Task } from "./network.ts";
import { Region, Scope } from "./region.ts";
import type { Steps } from "./steps.ts";

/** Up to here a call for each segment would cost more than it saves. */
const LINES_MAX = 3000;

export function taskText(task: Task, layout: Layout, steps: Steps): string[] {
  const name = `task${task.index}`;
  const whole = new Region(new Scope("memory", layout.vectors));
  steps.task(whole, task, "p");
  const lines = whole.print("  ");
  const title = `/** ${task.name}: ${task.locations.length} locations. */`;
  if (lines.length <= LINES_MAX) return textOf(title, name, lines);
  const segments = layout.segments(task);
  const calls = new Region(new Scope("memory", layout.vectors));
  // Before any of them is done: what comes to another segment has taken its step.
  const masks = segments.map(({ vector }) => calls.and("p", calls.load(vector)));
  for (const [n, m] of masks.entries()) calls.say(`if (v128.any_true(${m})) ${name}in${n}(${m});`, [m]);
  const apart = segments.flatMap((segment, n) => {
    const region = new Region(new Scope("memory", layout.vectors));
    steps.apart(region, segment, "p");
    return textOf(`/** ${task.name} in segment ${n}. */`, `${name}in${n}`, region.print("  "));
  });
  return [...apart, ...textOf(title, name, calls.print("  "))];
}

function textOf(title: string, name: string, lines: readonly string[]): string[] {
  return [title, `function ${name}(p: v128): void {`, ...lines, "}", ""];
}
