// The binding to a module of lanes (assembly/lanes/ with the source that src/lanes/ made of a program): runs
// blocks of schedules, and writes down single schedules of a block, so that the scalar machine can run them.
//
// A block is BLOCK schedules, numbered from block * BLOCK on in their campaign; what is in it depends on
// the program, the seed and the block's number alone. Fewer may be run of it: those with the lowest
// numbers, each as it is in the whole.

import {
  MEMBER_PARAMETER_SHIFT,
  MEMBER_STEPS_SHIFT,
  MEMBER_STRATEGY_MASK,
  Outcome,
  Strategy,
  Violation,
} from "../../assembly/abi.ts";
import type { Draw, Engine, RawFinding, RawTally, Recording, SlotState } from "./engine.ts";

/** Schedules of a block. */
export const BLOCK = 2 ** 18;
/** Schedules that can be written down in one go. */
export const TARGETS_MAX = 64;
/**
 * Schedules of a block that only the scalar machine can tell; with more of them the block is its as a
 * whole.
 */
const UNSETTLED_MAX = TARGETS_MAX;

/** Who draws as lanes what a member draws on the scalar machine; null where lanes have no such rule. */
export function lanesMember(member: number): number | null {
  return exchanged(member, 0);
}

/** The other way round: of a member of lanes who draws the same on the scalar machine; null for no such. */
export function scalarMember(member: number): number | null {
  return exchanged(member, 1);
}

/** Strategies with the same distribution: on the scalar machine, and in lanes by a rule. */
const PAIRS: readonly { readonly drawn: readonly [Strategy, Strategy]; readonly rule: LanesRule }[] = [
  { drawn: [Strategy.RANDOM, Strategy.LANES], rule: "random" },
  { drawn: [Strategy.STICKY, Strategy.LANES_STICKY], rule: "sticky" },
  { drawn: [Strategy.PCT, Strategy.LANES_PCT], rule: "pct" },
];

function exchanged(member: number, from: 0 | 1): number | null {
  const pair = PAIRS.find(({ drawn }) => drawn[from] === (member & MEMBER_STRATEGY_MASK));
  return pair === undefined ? null : member - pair.drawn[from] + pair.drawn[1 - from]!;
}

/** How who steps is chosen in a module of lanes. */
type LanesRule = "random" | "sticky" | "pct";

/** The rule by which lanes draw what a member draws there, or on the scalar machine. */
export function lanesRule(member: number): LanesRule {
  const strategy = member & MEMBER_STRATEGY_MASK;
  return PAIRS.find(({ drawn }) => drawn.includes(strategy))?.rule ?? "random";
}

/** A task of lanes as the scalar machine knows it. */
export interface LanesTask {
  /** 0 thread, 1 kworker, 2 callback. */
  readonly kind: number;
  /** Index of its function, or -1; its work item or head; its workqueue or domain. */
  readonly fn: number;
  readonly argument: number;
  readonly queue: number;
}

export interface LanesAllocation {
  readonly task: number;
  readonly pc: number;
  readonly base: number;
  readonly size: number;
}

/** Lanes of one program: can be cloned to a worker. */
export interface LanesCode {
  readonly module: WebAssembly.Module;
  /** How who steps is chosen: all that draws by this rule has the same module. */
  readonly rule: LanesRule;
  readonly findings: readonly Pick<RawFinding, "kind" | "detail" | "site" | "class" | "other">[];
  readonly tasks: readonly LanesTask[];
  /** Where lanes put what a task allocates at an instruction: the scalar machine puts it elsewhere. */
  readonly allocations: readonly LanesAllocation[];
  /** Bits of the n-th choose() of a step. */
  readonly choiceBits: readonly number[];
  /** Of pct: steps among which change points are drawn where a member does not say, as practice observed. */
  readonly contested: number;
}

interface Exports {
  readonly memory: WebAssembly.Memory;
  readonly DEADLOCKS: WebAssembly.Global;
  readonly FOUND: WebAssembly.Global;
  readonly UNSETTLED: WebAssembly.Global;
  readonly deadlockCount: WebAssembly.Global;
  readonly dropped: WebAssembly.Global;
  readonly schedules: WebAssembly.Global;
  readonly steps: WebAssembly.Global;
  readonly unsettledCount: WebAssembly.Global;
  runBlock(seed: bigint, block: bigint, count: number, stepsMax: number, unsettledMax: number): number;
  setStays(percent: number): void;
  setPct(depth: number, steps: number): void;
  recordBlock(
    seed: bigint,
    block: bigint,
    count: number,
    stepsMax: number,
    targets: number,
    room: number,
  ): number;
  recordTarget(n: number, number: number): void;
  recordSteps(n: number): number;
  recordAt(n: number): number;
}

const FOUND_BYTES = 16;
const DEADLOCK_BYTES = 24;
/** Steps of one schedule that are written down: what a schedule token can carry. */
const RECORD_STEPS = 65_536;

/** What one schedule did in its lane: a task and the drawn bits for each step. */
export interface LanesRun {
  readonly tasks: Uint8Array;
  readonly bits: Uint8Array;
}

export class LanesEngine {
  readonly code: LanesCode;
  readonly #wasm: Exports;

  constructor(code: LanesCode) {
    this.code = code;
    this.#wasm = new WebAssembly.Instance(code.module, {}).exports as unknown as Exports;
  }

  /**
   * The first `count` schedules of a block, with the numbers of those that only the scalar machine can tell.
   * Null where lanes could not follow all of them.
   */
  run(draw: Draw, block: number, count: number): { tally: RawTally; unsettled: number[] } | null {
    const wasm = this.#drawing(draw);
    const seed = BigInt.asUintN(64, draw.seed);
    if (wasm.runBlock(seed, BigInt(block), count, draw.stepsMax, UNSETTLED_MAX) === 0) return null;
    const waiting = Number(wasm.unsettledCount.value);
    const view = new DataView(wasm.memory.buffer);
    const first = block * BLOCK;
    const strategy = lanesMember(draw.strategy) ?? draw.strategy;
    const findings: RawFinding[] = [];
    this.code.findings.forEach((finding, n) => {
      const at = Number(wasm.FOUND.value) + n * FOUND_BYTES;
      const times = Number(view.getBigUint64(at, true));
      if (times === 0) return;
      findings.push(rawFinding(finding, times, first + Number(view.getBigUint64(at + 8, true)), strategy));
    });
    for (let n = 0; n < Number(wasm.deadlockCount.value); n++) {
      const at = Number(wasm.DEADLOCKS.value) + n * DEADLOCK_BYTES;
      const [site, other] = [view.getInt32(at, true), view.getInt32(at + 4, true)];
      const finding = { kind: Violation.DEADLOCK, detail: 0, site, class: -1, other };
      const times = Number(view.getBigUint64(at + 8, true));
      findings.push(rawFinding(finding, times, first + Number(view.getBigUint64(at + 16, true)), strategy));
    }
    const unsettled = Array.from({ length: waiting }, (_, n) =>
      view.getUint32(Number(wasm.UNSETTLED.value) + 4 * n, true),
    );
    return {
      tally: {
        schedules: Number(wasm.schedules.value),
        steps: Number(wasm.steps.value),
        dropped: Number(wasm.dropped.value),
        limited: [],
        findings,
      },
      unsettled: unsettled.map((number) => first + number),
    };
  }

  /** What the schedules of these numbers, all of one block, did. */
  record(draw: Draw, schedules: readonly number[]): LanesRun[] {
    const wasm = this.#drawing(draw);
    const block = Math.floor(schedules[0]! / BLOCK);
    const runs: LanesRun[] = [];
    for (let from = 0; from < schedules.length; from += TARGETS_MAX) {
      const targets = schedules.slice(from, from + TARGETS_MAX);
      targets.forEach((schedule, n) => {
        wasm.recordTarget(n, schedule - block * BLOCK);
      });
      const seed = BigInt.asUintN(64, draw.seed);
      const room = Math.min(draw.stepsMax, RECORD_STEPS);
      const whole = Math.max(...targets) - block * BLOCK + 1;
      if (wasm.recordBlock(seed, BigInt(block), whole, draw.stepsMax, targets.length, room) === 0) {
        throw new Error("a schedule of a block of lanes cannot be written down");
      }
      runs.push(...targets.map((_, n) => this.#recorded(n)));
    }
    return runs;
  }

  /** The module, told what the member that draws has for a parameter. */
  #drawing({ strategy }: Draw): Exports {
    if (lanesRule(strategy) !== this.code.rule) throw new Error(`these lanes draw ${this.code.rule} only`);
    const parameter = (strategy >>> MEMBER_PARAMETER_SHIFT) & 0xff;
    if (this.code.rule === "sticky") this.#wasm.setStays(parameter);
    if (this.code.rule === "pct") {
      this.#wasm.setPct(parameter, strategy >>> MEMBER_STEPS_SHIFT || this.code.contested);
    }
    return this.#wasm;
  }

  #recorded(n: number): LanesRun {
    const steps = this.#wasm.recordSteps(n);
    const at = this.#wasm.recordAt(n);
    const bytes = new Uint8Array(this.#wasm.memory.buffer, at, 2 * steps);
    return {
      tasks: Uint8Array.from({ length: steps }, (_, s) => bytes[2 * s]!),
      bits: Uint8Array.from({ length: steps }, (_, s) => bytes[2 * s + 1]!),
    };
  }
}

function rawFinding(
  finding: LanesCode["findings"][number],
  count: number,
  first: number,
  strategy: number,
): RawFinding {
  return { ...finding, count, first, task: 0, strategy };
}

/** Runs on the scalar machine what a schedule did in its lane. Throws where that cannot be run. */
export function replayLanes(engine: Engine, code: LanesCode, run: LanesRun, stepsMax: number): Recording {
  engine.begin(stepsMax, new Uint32Array(0));
  const choices: number[] = [];
  const picks = new Uint8Array(run.tasks.length);
  const places = new Map<LanesAllocation, number>();
  for (let step = 0; step < run.tasks.length; step++) {
    const task = run.tasks[step]!;
    const slot = slotOf(engine, code, task, places);
    if (slot === undefined) {
      throw new Error(
        `step ${step + 1} of a schedule of lanes is by task ${task}, which cannot step on the scalar machine`,
      );
    }
    picks[step] = slot;
    const used = engine.choicesUsed();
    const offered = choicesOf(code, run.bits[step]!);
    engine.offerChoices(used, offered);
    const allocates = code.allocations.filter((a) => a.task === task);
    const pc = allocates.length === 0 ? 0 : engine.slots()[slot]!.pc;
    const end = engine.cellsEnd();
    engine.step(slot);
    const allocated = allocates.find((a) => a.pc === pc);
    if (allocated !== undefined && engine.cellsEnd() > end) places.set(allocated, end);
    choices.push(...offered.slice(0, engine.choicesUsed() - used));
  }
  if (engine.outcome() === Outcome.RUNNING && engine.runnable() === 0) engine.finish();
  return {
    outcome: engine.outcome(),
    picks,
    choices: Uint32Array.from(choices),
    violations: engine.violations(),
  };
}

/** Where a task of lanes is on the scalar machine: the slot, if it can step. */
function slotOf(
  engine: Engine,
  code: LanesCode,
  task: number,
  places: ReadonlyMap<LanesAllocation, number>,
): number | undefined {
  const { kind, fn, argument, queue } = code.tasks[task]!;
  if (kind === 0) return (engine.runnable() >>> task) & 1 ? task : undefined;
  const there = (pointer: number): number => {
    for (const [{ base, size }, place] of places) {
      if (pointer >= base && pointer < base + size) return pointer - base + place;
    }
    return pointer;
  };
  const [item, of] = [there(argument), there(queue)];
  const isIt = (s: SlotState): boolean =>
    s.runnable && s.kind === kind && s.function === fn && s.argument === item && s.queue === of;
  return engine.slots().find(isIt)?.slot;
}

/** What the n-th choose() of a step would get. */
function choicesOf(code: LanesCode, bits: number): number[] {
  return code.choiceBits.map((width, n) => (bits >>> (4 * n)) & ((1 << width) - 1));
}
