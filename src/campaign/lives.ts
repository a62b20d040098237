// The life of an object in phases that a kernel developer has words for: a css is online, dying, offline,
// released; what others point to is published, then hidden; a link is attached, then detached; all of them
// end up freed. What a phase is is read off the fields by their names, as the bundled headers have them
// (models/include/linux/cgroup-defs.h, bpf.h); an object of which no rule speaks has no phases.

import type { LifeTone, StoryLife, StoryObject, StoryPhase, StoryStep } from "./story.ts";
import type { Trace } from "./summary.ts";

/** css->flags, of the enum in models/include/linux/cgroup-defs.h. */
const CSS_ONLINE = 1;
const CSS_RELEASED = 2;
/** Bars beside one timeline. */
const LIVES_MAX = 8;

type Phase = Omit<StoryPhase, "from">;

const FREED: Phase = { name: "freed", tone: "gone" };
/** Freed, and somebody can still find the way to it. */
const DANGLING: Phase = { name: "freed, still published", tone: "gone" };
const NOT_YET: Phase = { name: "", tone: "gone" };

/**
 * Where an object is, by the values of its own fields and who points to it; undefined: no rule speaks of it.
 */
type Rule = (state: State, object: number) => Phase | undefined;

const RULES: readonly Rule[] = [cssPhase, linkPhase, publishedPhase];

export function livesOf(
  objects: readonly StoryObject[],
  steps: readonly StoryStep[],
  trace: Trace,
): StoryLife[] {
  const state = new State(objects);
  const phases = objects.map((_, object): StoryPhase[] => {
    const first = state.phase(object);
    return first === undefined ? [] : [{ ...first, from: -1 }];
  });
  for (const [from, step] of steps.entries()) {
    state.apply(step);
    // Another object's pointer may be what changed.
    if (step.writes.length + step.allocated.length + step.freed.length === 0) continue;
    for (const [object, known] of phases.entries()) {
      const now = state.phase(object);
      if (now !== undefined && now.name !== (known.at(-1)?.name ?? "")) known.push({ ...now, from });
    }
  }
  return chosen(objects, phases, trace);
}

/** What a violation is about comes first, then those with most to tell. */
function chosen(
  objects: readonly StoryObject[],
  phases: readonly (readonly StoryPhase[])[],
  trace: Trace,
): StoryLife[] {
  const about = new Set(trace.violations.map((violation) => violation.object));
  const weight = (object: number): number =>
    (about.has(objects[object]!.name) ? 100 : 0) + phases[object]!.length;
  return objects
    .map((_, object) => object)
    .filter((object) => phases[object]!.filter(({ name }) => name !== "").length > 1)
    .sort((a, b) => weight(b) - weight(a) || a - b)
    .slice(0, LIVES_MAX)
    .map((object) => ({ object, phases: phases[object]! }));
}

/** A class because it is the memory of the run, step by step. */
class State {
  readonly #objects: readonly StoryObject[];
  readonly #values: string[][];
  readonly #status: ("unborn" | "alive" | "freed")[];
  /** Whether something ever pointed into the middle of it: then that is what publishes it. */
  readonly #inner: boolean[];

  constructor(objects: readonly StoryObject[]) {
    this.#objects = objects;
    this.#values = objects.map(({ initial }) => [...initial]);
    this.#status = objects.map(({ born }) => (born < 0 ? "alive" : "unborn"));
    this.#inner = objects.map(() => false);
  }

  apply({ writes, allocated, freed }: StoryStep): void {
    for (const object of allocated) this.#status[object] = "alive";
    for (const { object, field, after } of writes) this.#values[object]![field] = after;
    for (const object of freed) this.#status[object] = "freed";
  }

  phase(object: number): Phase | undefined {
    if (this.#status[object] === "unborn") return NOT_YET;
    if (this.#status[object] === "freed") {
      const published = RULES.find((rule) => rule(this, object) !== undefined) === publishedPhase;
      return published && this.pointers(object) > 0 ? DANGLING : FREED;
    }
    for (const rule of RULES) {
      const phase = rule(this, object);
      if (phase !== undefined) return phase;
    }
    return undefined;
  }

  of(object: number): StoryObject {
    return this.#objects[object]!;
  }

  value(object: number, field: string): string | undefined {
    const at = this.#objects[object]!.fields.indexOf(field);
    return at < 0 ? undefined : this.#values[object]![at];
  }

  /** Cells of other objects that live and that other tasks can see, which point into it. */
  pointers(object: number): number {
    const whole = `&${this.#objects[object]!.name}`;
    let base = 0;
    let inner = 0;
    for (const [other, values] of this.#values.entries()) {
      if (other === object || this.#status[other] !== "alive") continue;
      if (this.#objects[other]!.storage === "local") continue;
      for (const value of values) {
        if (value === whole) base++;
        else if (value.startsWith(`${whole}.`)) inner++;
      }
    }
    if (inner > 0) this.#inner[object] = true;
    return this.#inner[object] ? inner : base;
  }
}

function cssPhase(state: State, object: number): Phase | undefined {
  for (const css of ["css", "self"]) {
    const dead = state.value(object, `${css}.refcnt.dead`);
    const flags = state.value(object, `${css}.flags`);
    if (dead === undefined || flags === undefined) continue;
    if ((Number(flags) & CSS_RELEASED) !== 0) return { name: "released", tone: "gone" };
    if ((Number(flags) & CSS_ONLINE) === 0)
      return { name: css === "css" ? "offline" : "removed", tone: "ending" };
    return dead === "0" ? { name: "online", tone: "alive" } : { name: "dying", tone: "ending" };
  }
  return undefined;
}

function linkPhase(state: State, object: number): Phase | undefined {
  const map = state.value(object, "map");
  const refs = state.value(object, "link.refcnt.refs");
  if (map === undefined || refs === undefined) return undefined;
  if (refs === "0") return { name: "last reference gone", tone: "ending" };
  return map === "NULL" ? { name: "detached", tone: "ending" } : { name: "attached", tone: "alive" };
}

function publishedPhase(state: State, object: number): Phase | undefined {
  if (state.of(object).storage !== "heap") return undefined;
  const tones: readonly [string, LifeTone] =
    state.pointers(object) > 0 ? ["published", "shared"] : ["hidden", "alive"];
  return { name: tones[0], tone: tones[1] };
}
