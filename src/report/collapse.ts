// Shortens a long diagram for a mail: what lies far from the action becomes `...`. Kept are the marks, the
// waits, the steps that touch what the violation touched (told by the names in their text), the places that
// the violation refers to, and the ends of each run of one task, so that every switch is still seen.

import type { Trace } from "../campaign/summary.ts";
import type { Event } from "./events.ts";
import { clean } from "./text.ts";

/** Rows that a mail shows before anything is left out. */
export const ROWS_MAX = 40;
/** Events before the offending one that are always shown. */
const NEAR = 3;

export function collapse(events: readonly Event[], trace: Trace): Event[] {
  if (events.length <= ROWS_MAX) return [...events];
  const key = keyEvents(events, trace);
  const synchronised = events.map((e, i) => key[i]! || endOfRun(events, i) || synchronises(e));
  const ends = key.map((k, i) => k || endOfRun(events, i));
  for (const keep of [synchronised, ends]) {
    const shown = drop(events, withCalls(events, keep));
    if (shown.length <= ROWS_MAX) return shown;
  }
  return drop(events, withCalls(events, key));
}

/** Marks, waits, the steps just before a mark, and what touches the objects of the violation. */
function keyEvents(events: readonly Event[], trace: Trace): boolean[] {
  const names = objectNames(trace);
  const objects = violatedObjects(trace);
  const places = new Set(trace.violations.flatMap((v) => v.related.map((r) => placeOf(r.place))));
  const key = events.map((event) => {
    if (event.kind === "mark" || event.kind === "wait") return true;
    const row = trace.rows[event.row];
    if (event.kind === "call" || row === undefined) return false;
    if (places.has(placeOf(row.place)) || objects.some((o) => row.effect.includes(o))) return true;
    return accessNames(row.text).some((name) => names.has(name));
  });
  for (const [i, event] of events.entries()) {
    if (event.kind !== "mark") continue;
    for (let j = i - 1; j >= i - NEAR && events[j]?.task === event.task; j--) key[j] = true;
  }
  return key;
}

/** A statement that is shown is shown in its functions. */
function withCalls(events: readonly Event[], keep: readonly boolean[]): boolean[] {
  const out = [...keep];
  for (let i = events.length - 1; i >= 0; i--) {
    if (!out[i]) continue;
    const { task } = events[i]!;
    for (let j = i - 1, { depth } = events[i]!; j >= 0 && depth > 0; j--) {
      const outer = events[j]!;
      if (outer.task !== task || outer.depth >= depth) continue;
      if (outer.kind === "call") out[j] = true;
      depth = outer.depth;
    }
  }
  return out;
}

/** Locks, read-side sections, grace periods, work: they say what orders the steps. */
function synchronises(event: Event): boolean {
  return event.kind === "step" && /\b\w*(lock|rcu|synchronize|wait|complete|work)\w*\(/.test(event.text);
}

function violatedObjects(trace: Trace): string[] {
  return trace.violations.map((v) => v.object).filter((object) => object !== "");
}

/** Members that the offending steps access, and those through which their object was reached. */
function objectNames(trace: Trace): Set<string> {
  const objects = violatedObjects(trace);
  const texts = trace.violations.map((v) => v.place.text);
  for (const row of trace.rows) {
    if (row.violations.length > 0 || objects.some((o) => row.effect.includes(o))) texts.push(row.text);
  }
  return new Set(texts.flatMap(accessNames));
}

/** The last member of each access: `WRITE_ONCE(memcg->bpf_oom, NULL)` gives `bpf_oom`. */
function accessNames(text: string): string[] {
  const members = clean(text).matchAll(/(?:->|\.)\s*([A-Za-z_]\w*)(?!\w|\s*(?:->|\.|\())/g);
  return [...members].map((m) => m[1]!);
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
