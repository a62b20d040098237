// Which protections a scenario needs: each is taken out of the program, one at a time, and the program
// without it is explored. What then goes wrong that does not go wrong with it, with the simplest schedule,
// is why it is there. Where every schedule without it was looked at and nothing new goes wrong, this
// scenario does not need it; nothing is said about others.
//
// Complaints about the mutation itself do not count: misuse of a lock or of RCU. Nor is anything concluded
// from what such a complaint cut short.

import { Violation } from "../../assembly/abi.ts";
import type { StateGraph } from "../engine/graph.ts";
import { ModelError } from "../model/diagnostics.ts";
import { encodeProgram } from "../model/encode.ts";
import type { IrProgram, Place } from "../model/ir.ts";
import type { Audit } from "../model/mutate/audit.ts";
import { type Mutation, mutationsOf } from "../model/mutate.ts";
import type { Program } from "../model/program.ts";
import { endlessStates } from "./exact.ts";
import {
  type Explored,
  type ExploreMachine,
  type ExploreOptions,
  exploreStates,
  type KeyedNotes,
  keyNotes,
  limitsOf,
} from "./explore.ts";
import { endless, findingOf, simplified } from "./explored-findings.ts";
import { shortestSchedules, simplestSchedules } from "./shortest.ts";
import type { Finding, ProtectionLoss, ProtectionSite, SourcePlace } from "./summary.ts";

export interface ProtectionOptions {
  readonly ir: IrProgram;
  /** Keys of what the program itself shows, every schedule of it explored. */
  readonly known: ReadonlySet<string>;
  /** A machine with the program loaded. */
  readonly machineFor: (program: Program) => ExploreMachine;
  readonly rules: ProtectionRules;
  readonly signal?: AbortSignal;
  readonly onProgress?: (site: number, of: number) => void;
}

/** For each program without a protection; states rather than time, so that all machines say the same. */
export interface ProtectionRules {
  readonly stepsMax: number;
  readonly bytes: number;
  readonly statesMax: number;
}

/** A mutant that violates often does so within a small part of its states: looked for there first. */
const STATES_FIRST = 5_000;
const STATES_FACTOR = 8;

const DOUBTED = "it is not always given back by the task that took it";
const ILL_FORMED = "without it a lock or a read-side section is misused, which ends these schedules early";

/** Null where the program itself was not explored to its end: nothing could be compared with. */
export function knownKeys(explored: Explored): ReadonlySet<string> | null {
  const whole = explored.endedBy === "complete" && explored.limited.every((n) => n === 0);
  return whole ? new Set(explored.findings.map(({ key }) => key)) : null;
}

/** All protections in the order of the source; those not reached before an interruption are left out. */
export async function protectionsOf(options: ProtectionOptions): Promise<ProtectionSite[]> {
  const { ir, signal, onProgress } = options;
  const mutations = mutationsOf(ir);
  const sites: ProtectionSite[] = [];
  for (const [n, mutation] of mutations.entries()) {
    if (signal?.aborted === true) break;
    onProgress?.(n, mutations.length);
    sites.push(siteOf(ir, mutation, await leaveOut(options, mutation)));
  }
  return sites;
}

type Outcome = Pick<ProtectionSite, "verdict" | "reason" | "loss" | "otherLosses">;

function siteOf(ir: IrProgram, { protection, place, others }: Mutation, outcome: Outcome): ProtectionSite {
  const named = (at: Place): SourcePlace => {
    const { line, column, text } = at;
    return { file: ir.files[at.file] ?? "?", line, column, function: at.function, text };
  };
  return { protection, place: named(place), others: others.map(named), ...outcome };
}

function without(verdict: ProtectionSite["verdict"], reason: string | null): Outcome {
  return { verdict, reason, loss: null, otherLosses: 0 };
}

async function leaveOut(options: ProtectionOptions, mutation: Mutation): Promise<Outcome> {
  if (mutation.audit !== null) {
    const holds = await auditHolds(options, mutation.audit());
    if (holds !== true) return without("not-tried", holds === false ? DOUBTED : holds);
  }
  const program = fitting(mutation.program());
  if (program === null) return without("not-tried", "the program without it does not fit the machine");
  const states = new States(options, program);
  for (let most = STATES_FIRST; ; most *= STATES_FACTOR) {
    const graph = await states.explore(most);
    if (graph === null) return without("unknown", "there are too many states without it");
    const found = lossesOf(options, states, graph);
    if (found.losses.length > 0) return needed(found.losses);
    const { gap } = states;
    if (gap === null) return found.misused ? without("unknown", ILL_FORMED) : without("not-needed", null);
    if (!states.mayGoOn) return without("unknown", gap);
  }
}

/** Null where the machine is too small for what was added. */
function fitting(ir: IrProgram): Program | null {
  try {
    return encodeProgram(ir);
  } catch (error) {
    if (error instanceof ModelError) return null;
    throw error;
  }
}

function needed(losses: readonly Finding[]): Outcome {
  const simplest = losses.reduce((a, b) => {
    return (b.preemptions - a.preemptions || b.trace.switches - a.trace.switches || b.steps - a.steps) < 0
      ? b
      : a;
  });
  const { key, kind, title, file, line, task, preemptions, steps, trace } = simplest;
  const loss: ProtectionLoss = {
    key,
    kind,
    title,
    function: simplest.function,
    file,
    line,
    task,
    preemptions,
    steps,
    trace,
  };
  return { verdict: "needed", reason: null, loss, otherLosses: losses.length - 1 };
}

/** What goes wrong that the program itself does not show. */
function lossesOf({ known }: ProtectionOptions, states: States, graph: StateGraph) {
  const all = keyNotes(states.program, graph);
  const fresh = [...all.findings.keys()].filter((f) => !known.has(all.findings[f]!.key));
  const counted = fresh.filter((f) => !isMisuse(all.findings[f]!.raw.kind));
  const losses = findingsOf(states, graph, {
    findings: counted.map((f) => all.findings[f]!),
    shows: counted.map((f) => all.shows[f]!),
  });
  if (losses.length === 0 && states.gap === null && endlessStates(graph).length > 0) {
    losses.push(...endless(states.options, graph).filter(({ key }) => !known.has(key)));
  }
  return { losses, misused: counted.length < fresh.length };
}

function isMisuse(kind: number): boolean {
  return kind === Violation.LOCK_MISUSE || kind === Violation.RCU_MISUSE;
}

function findingsOf({ options }: States, graph: StateGraph, keyed: KeyedNotes): Finding[] {
  const simplest = simplestSchedules(graph, keyed.shows);
  const ways = simplest ?? shortestSchedules(graph, keyed.shows);
  return keyed.findings.map((each, f) => {
    const way = simplest === null ? simplified(options, each, ways[f]!) : ways[f]!;
    return findingOf(options, each, way, undefined);
  });
}

/** Whether acquires and releases belong together in all schedules, or why that is not known. */
async function auditHolds(options: ProtectionOptions, { program, place }: Audit): Promise<boolean | string> {
  const audited = fitting(program);
  if (audited === null) return "the program that tells who gives it back does not fit the machine";
  const states = new States(options, audited);
  const graph = await states.explore(options.rules.statesMax);
  if (graph === null || states.gap !== null) return "there are too many states to tell who gives it back";
  const { sourceMap } = states.program;
  return !graph.noteSets.some((notes) => notes.some(({ site }) => sourceMap[site] === place));
}

/** The exploration of one program, which can be taken further. A class because it is one machine's state. */
class States {
  readonly program: Program;
  readonly options: ExploreOptions;
  /** Why not every schedule was looked at; null where they were. */
  gap: string | null = null;
  /** A larger number of states would look at more. */
  mayGoOn = true;
  #begun = false;

  constructor({ machineFor, rules, signal }: ProtectionOptions, program: Program) {
    this.program = program;
    const machine = machineFor(program);
    this.options = { program, machine, rules, ...(signal === undefined ? {} : { signal }) };
  }

  /** Up to so many states; null where they cannot be read. */
  async explore(most: number): Promise<StateGraph | null> {
    const { machine, rules } = this.options;
    if (!this.#begun && !machine.exploreBegin(rules.bytes, rules.stepsMax)) return null;
    this.#begun = true;
    const statesMax = Math.min(most, rules.statesMax ?? most);
    const endedBy = await exploreStates({ ...this.options, rules: { ...rules, statesMax } }, () => 0);
    const graph = machine.exploredGraph();
    if (graph === null) return null;
    const limited = limitsOf(graph).some((n) => n > 0);
    this.mayGoOn = endedBy === "states" && statesMax === most;
    this.gap =
      endedBy !== "complete"
        ? `not every schedule without it was looked at (${machine.exploreProgress().states} states)`
        : limited
          ? "a limit of the machine was reached"
          : null;
    return graph;
  }
}
