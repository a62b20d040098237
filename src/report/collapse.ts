// Shortens a long diagram for a mail: what lies far from the action becomes `...`. Kept are the marks, the
// waits, the steps that touch what the violation touched (told by the names in their text), the places that
// the violation refers to, and the ends of each run of one task, so that every switch is still seen.

import type { Trace } from "../campaign/summary.ts";
import type { Event } from "./events.ts";
import { clean } from "./text.ts";

/** Rows that a mail shows before anything is left out. */
export const ROWS_MAX = 40;
/** Events before the offending one that are always shown. */
const NEAR = 4;

export function collapse(events: readonly Event[], trace: Trace): Event[] {
  if (events.length <= ROWS_MAX) return [...events];
  const key = keyEvents(events, trace);
  const withEnds = key.map((k, i) => k || endOfRun(events, i));
  const gentle = drop(events, withEnds);
  return gentle.length <= ROWS_MAX ? gentle : drop(events, key);
}

function keyEvents(events: readonly Event[], trace: Trace): boolean[] {
  const names = objectNames(trace);
  const places = new Set(trace.violations.flatMap((v) => v.related.map((r) => placeOf(r.place))));
  const key = events.map((event) => {
    if (event.kind === "mark" || event.kind === "wait") return true;
    const row = trace.rows[event.row];
    if (event.kind === "call" || row === undefined) return false;
    return places.has(placeOf(row.place)) || accessNames(row.text).some((name) => names.has(name));
  });
  for (const [i, event] of events.entries()) {
    if (event.kind !== "mark") continue;
    for (let before = Math.max(0, i - NEAR); before < i; before++) key[before] = true;
  }
  // A statement that is shown is shown in its function.
  for (let i = events.length - 1; i >= 0; i--) {
    if (!key[i]) continue;
    for (let j = i - 1, depth = events[i]!.depth; j >= 0 && depth > 0; j--) {
      const outer = events[j]!;
      if (outer.task !== events[i]!.task || outer.depth >= depth) continue;
      if (outer.kind === "call") key[j] = true;
      depth = outer.depth;
    }
  }
  return key;
}

/** Names that the offending steps and their other sides access: the last member of each access. */
function objectNames(trace: Trace): Set<string> {
  const names = new Set<string>();
  for (const row of trace.rows) {
    if (row.violations.length > 0) for (const name of accessNames(row.text)) names.add(name);
  }
  for (const violation of trace.violations) {
    for (const name of accessNames(violation.place.text)) names.add(name);
  }
  return names;
}

/** `WRITE_ONCE(memcg->bpf_oom, NULL)` -> memcg->bpf_oom's last member, `bpf_oom`; a bare name where there is none. */
function accessNames(text: string): string[] {
  const members = [...clean(text).matchAll(/(?:->|\.)\s*([A-Za-z_]\w*)(?!\w|\s*(?:->|\.|\())/g)].map(
    (m) => m[1]!,
  );
  if (members.length > 0) return members;
  return [...clean(text).matchAll(/\b[a-z_]\w*\b(?!\s*\()/g)].map((m) => m[0]);
}

function placeOf(place: { readonly file: string; readonly line: number }): string {
  return `${place.file}:${place.line}`;
}

function endOfRun(events: readonly Event[], i: number): boolean {
  const { task } = events[i]!;
  return events[i - 1]?.task !== task || events[i + 1]?.task !== task;
}

/** Runs of dropped events of one task become one gap; a single event is not worth one. */
function drop(events: readonly Event[], keep: readonly boolean[]): Event[] {
  const out: Event[] = [];
  for (let i = 0; i < events.length; ) {
    const event = events[i]!;
    let end = i + 1;
    if (!keep[i]) while (end < events.length && !keep[end] && events[end]!.task === event.task) end++;
    if (keep[i] || end === i + 1) out.push(event);
    else out.push({ kind: "gap", task: event.task, depth: event.depth, text: "...", row: event.row });
    i = end;
  }
  return out;
}
