// The binding to engine.wasm: loads a program image, runs schedules, hands out raw results and single steps.
// Knows no model: places, names and types are the business of whoever reads the results.
// It is long because the layout of the engine's memory is read here and nowhere else.

import { readFile } from "node:fs/promises";
import {
  INSTRUCTION_BYTES,
  JUMP_MASK,
  LimitKind,
  MEMBER_STRATEGY_MASK,
  OBJECT_CLASS,
  OBJECT_FREED,
  OBJECT_HEAP,
  OBJECT_LOCAL,
  OBJECT_SITES,
  OBJECT_WORDS,
  POINTER_BASE,
  STEPS_MAX,
  Strategy,
  TASKS_MAX,
} from "../../assembly/abi.ts";
import type { RawCoverage } from "./coverage.ts";
import { type GraphMemory, readGraph, type StateGraph } from "./graph.ts";
import { type LanesEngine, replayLanes, scalarMember } from "./lanes.ts";
import { type FirstNotes, firstNotes } from "./notes.ts";

/** A violation as the machine sees it: sites are instruction indexes, -1 where there is none. */
export interface RawViolation {
  readonly kind: number;
  readonly detail: number;
  readonly site: number;
  readonly task: number;
  /** Class of the object concerned, or -1. */
  readonly class: number;
  /**
   * The other side, -1 where there is none. About an object (use-after-free, double-free, refcount,
   * dangling): the instruction that freed it. A failed check (warn, bug, assertion, leak): the store, rmw or
   * cmpxchg that last wrote the cell whose load began this step. Deadlock: where the next one of those who
   * are stuck stands, threads by number, then kworkers and callbacks by place.
   */
  readonly other: number;
  /** 1-based step in which it happened; 0 in the set-up. */
  readonly step: number;
}

export interface RawFinding {
  readonly kind: number;
  readonly detail: number;
  readonly site: number;
  readonly class: number;
  /** As in RawViolation; part of what tells findings apart. */
  readonly other: number;
  /** Task of the first one. */
  readonly task: number;
  /** Schedules that showed it. */
  readonly count: number;
  /** Smallest schedule number. */
  readonly first: number;
  /** Who drew the first one: a member's number of abi.ts. */
  readonly strategy: number;
  /** Of lanes: how many of them were run on the scalar machine too. */
  readonly replayed?: number;
}

/** What a range of schedules gave: sums and minima, so that merging is commutative. */
export interface RawTally {
  readonly schedules: number;
  readonly steps: number;
  /** Runs that an assume() dropped; not in `schedules`. */
  readonly dropped: number;
  /** Runs that hit a limit of the machine, by LimitKind. */
  readonly limited: readonly number[];
  readonly findings: readonly RawFinding[];
  /** Who drew how many of the schedules, and what each found; absent where nobody is named. */
  readonly byStrategy?: readonly RawShare[];
  /** What a sample of them covered; absent where none was looked at. */
  readonly coverage?: RawCoverage;
}

/** What one member of a campaign drew; schedules of lanes are the random walk's. */
export interface RawShare {
  /** A member's number of abi.ts. */
  readonly strategy: number;
  readonly schedules: number;
  readonly steps: number;
  readonly findings: readonly RawFinding[];
}

export interface Draw {
  /** A Strategy with its parameters: a member's number of abi.ts. */
  readonly strategy: number;
  readonly seed: bigint;
  readonly stepsMax: number;
}

/** One run with everything it drew. */
export interface Recording {
  readonly outcome: number;
  /** Slot of each step. */
  readonly picks: Uint8Array;
  /** Results of choose(), in the order drawn. */
  readonly choices: Uint32Array;
  readonly violations: readonly RawViolation[];
}

/** A task slot as a trace needs it. */
export interface SlotState {
  readonly slot: number;
  readonly live: boolean;
  readonly runnable: boolean;
  /** Instruction it stands at. */
  readonly pc: number;
  /** 0 thread, 1 kworker, 2 grace-period callback. */
  readonly kind: number;
  /** Index of the function that a kworker or callback runs, or -1. */
  readonly function: number;
  /** The work item or rcu_head. */
  readonly argument: number;
  /** Low half of what it waits for: of a barrier or a flush the slots. */
  readonly waitMask: number;
  /** Of a kworker its workqueue, of a callback its domain. */
  readonly queue: number;
  /** Orders the items of a workqueue. */
  readonly ticket: number;
  /** Not 0: it must not sleep. */
  readonly atomic: number;
}

export interface ObjectState {
  readonly index: number;
  /** Pointer to the first cell. */
  readonly base: number;
  readonly size: number;
  /** Class, or -1 for the frame of a task. */
  readonly class: number;
  readonly heap: boolean;
  readonly freed: boolean;
  /** Instructions that allocated and freed it; 0 where there is none. */
  readonly allocSite: number;
  readonly freeSite: number;
}

/** How far an exploration has come. */
export interface ExploreProgress {
  /** Distinct states, ends included. */
  readonly states: number;
  /** Steps taken, each choice counted apart. */
  readonly transitions: number;
  /** Steps that lead to the states that are being expanded. */
  readonly depth: number;
  /** Of the states, those whose steps were not taken yet: the frontier. */
  readonly waiting: number;
  /** Memory in use: visited set, graph, and what waits. */
  readonly usedBytes: number;
  /** A Stopped. */
  readonly stopped: number;
  /** With `reduce`: states from which one task's step was enough. */
  readonly alone: number;
  /** How often exploring began: with `reduce` more than once where it learnt what steps touch. */
  readonly rounds: number;
  /** With `preemptionsMax`: steps that were left out. */
  readonly cut: number;
}

/** Memory that an exploration may take, bytes: what a word of the graph can address. */
export const EXPLORE_BYTES_MAX = 2 ** 31;

/** How an exploration goes about it. */
export interface ExploreManner {
  /** Takes one task's step only where that is enough; needs the module of reducerFile. */
  readonly reduce?: boolean;
  /** Leaves out schedules with more preemptions. Not together with `reduce`. */
  readonly preemptionsMax?: number;
}

export type EngineModule = WebAssembly.Module;

export async function compileEngine(file: string): Promise<EngineModule> {
  return WebAssembly.compile(await readFile(file));
}

interface Exports {
  readonly memory: WebAssembly.Memory;
  readonly CELLS: WebAssembly.Global;
  readonly CHOICES: WebAssembly.Global;
  readonly IMAGE: WebAssembly.Global;
  readonly IMAGE_LIMIT: WebAssembly.Global;
  readonly OBJECTS: WebAssembly.Global;
  readonly PICKS: WebAssembly.Global;
  readonly SHADOW: WebAssembly.Global;
  readonly TALLY: WebAssembly.Global;
  readonly TASKS: WebAssembly.Global;
  readonly VIOLATIONS: WebAssembly.Global;
  readonly WRITERS: WebAssembly.Global;
  readonly choiceCount: WebAssembly.Global;
  readonly cellsEnd: WebAssembly.Global;
  readonly limit: WebAssembly.Global;
  readonly live: WebAssembly.Global;
  readonly objectCount: WebAssembly.Global;
  readonly outcome: WebAssembly.Global;
  readonly runnable: WebAssembly.Global;
  readonly steps: WebAssembly.Global;
  readonly tallyCount: WebAssembly.Global;
  readonly tallyOverflow: WebAssembly.Global;
  readonly violationCount: WebAssembly.Global;
  readonly shardDropped: WebAssembly.Global;
  readonly shardSchedules: WebAssembly.Global;
  readonly shardSteps: WebAssembly.Global;
  taskWindow(window: number): number;
  walkStates(): number;
  readonly EXPLORE_LAYERS: WebAssembly.Global;
  readonly exploreDepth: WebAssembly.Global;
  readonly exploreRoot: WebAssembly.Global;
  readonly exploreStopped: WebAssembly.Global;
  readonly exploreTransitions: WebAssembly.Global;
  readonly graphHeap: WebAssembly.Global;
  readonly graphStates: WebAssembly.Global;
  readonly frontierStates: WebAssembly.Global;
  readonly graphUsed: WebAssembly.Global;
  choiceOffer(stored: number): void;
  graphBytes(): number;
  exploreBegin(bytes: number, bound: number, reduce: number, preemptionsMax: number): number;
  readonly boundCut: WebAssembly.Global;
  readonly exploreRounds: WebAssembly.Global;
  readonly reduceAlone: WebAssembly.Global;
  exploreRun(nodes: number): number;
  objectFind(pointer: number): number;
  programLoad(): number;
  practice(stepsMax: number): void;
  readonly practiceContested: WebAssembly.Global;
  readonly practiceTasks: WebAssembly.Global;
  recordDraw(member: number, seed: bigint, schedule: bigint, bound: number): void;
  replayBegin(bound: number, choices: number): void;
  replayFinish(): void;
  replayStep(slot: number): void;
  shardLimited(kind: number): bigint;
  shardDraw(member: number, seed: bigint, first: bigint, count: number, bound: number): void;
}

const TASK_BYTES = 1088;
const TALLY_BYTES = 48;
const VIOLATION_BYTES = 32;

/** One machine. A trap leaves it unusable: discard it. */
export class Engine {
  readonly #wasm: Exports;
  #view: DataView;
  #bytes: Uint8Array;
  #lanes: LanesEngine | null = null;

  constructor(module: EngineModule) {
    const instance = new WebAssembly.Instance(module, {});
    this.#wasm = instance.exports as unknown as Exports;
    this.#view = new DataView(this.#wasm.memory.buffer);
    this.#bytes = new Uint8Array(this.#wasm.memory.buffer);
  }

  /** After the engine's memory has grown, which takes the old views away. */
  #renewViews(): void {
    this.#view = new DataView(this.#wasm.memory.buffer);
    this.#bytes = new Uint8Array(this.#wasm.memory.buffer);
  }

  /** Loads a program image (Program.words). */
  load(words: Uint32Array): void {
    const at = address(this.#wasm.IMAGE);
    if (at + words.byteLength > address(this.#wasm.IMAGE_LIMIT))
      throw new Error("the program image is too large");
    new Uint32Array(this.#wasm.memory.buffer, at, words.length).set(words);
    if (this.#wasm.programLoad() === 0)
      throw new Error("the program image was made for another version of the engine");
  }

  /** Runs schedules first..first+count-1. */
  fuzz(draw: Draw, first: number, count: number): RawTally {
    mustDraw(draw);
    const seed = BigInt.asUintN(64, draw.seed);
    this.#wasm.shardDraw(draw.strategy, seed, BigInt(first), count, draw.stepsMax);
    const findings: RawFinding[] = [];
    const found = number(this.#wasm.tallyCount);
    for (let i = 0; i < found; i++) {
      findings.push(this.#finding(address(this.#wasm.TALLY) + i * TALLY_BYTES, draw.strategy));
    }
    const limited: number[] = [];
    for (let kind = 0; kind <= LimitKind.SETUP_BLOCKED; kind++)
      limited.push(Number(this.#wasm.shardLimited(kind)));
    if (number(this.#wasm.tallyOverflow) !== 0) limited[LimitKind.TALLY] = 1;
    return {
      schedules: Number(this.#wasm.shardSchedules.value),
      steps: Number(this.#wasm.shardSteps.value),
      dropped: Number(this.#wasm.shardDropped.value),
      limited,
      findings,
    };
  }

  #finding(at: number, strategy: number): RawFinding {
    const view = this.#view;
    const kind = view.getUint32(at, true);
    return {
      kind: kind & 0xff,
      detail: kind >>> 8,
      site: view.getUint32(at + 4, true),
      class: view.getInt32(at + 8, true),
      other: view.getInt32(at + 12, true),
      count: Number(view.getBigUint64(at + 16, true)),
      first: Number(view.getBigUint64(at + 24, true)),
      task: view.getUint32(at + 40, true),
      strategy,
    };
  }

  /** Lanes of the program that is loaded: their schedules can be recorded then. */
  attachLanes(lanes: LanesEngine): void {
    this.#lanes = lanes;
  }

  /** Draws one schedule again and writes down what it drew. */
  record(draw: Draw, schedule: number): Recording {
    if (scalarMember(draw.strategy) !== null && this.#lanes !== null) {
      const [run] = this.#lanes.record(draw, [schedule]);
      return replayLanes(this, this.#lanes.code, run!, draw.stepsMax);
    }
    mustDraw(draw);
    this.#wasm.recordDraw(
      draw.strategy,
      BigInt.asUintN(64, draw.seed),
      BigInt(schedule),
      Math.min(draw.stepsMax, STEPS_MAX),
    );
    const picks = address(this.#wasm.PICKS);
    const choices = address(this.#wasm.CHOICES);
    const words = new Uint32Array(this.#wasm.memory.buffer, choices, Math.min(this.choicesUsed(), STEPS_MAX));
    return {
      outcome: this.outcome(),
      picks: this.#bytes.slice(picks, picks + this.steps()),
      choices: words.slice(),
      violations: this.violations(),
    };
  }

  /**
   * Of the schedules of practice: most steps of one at which two or more tasks could step, which PCT takes
   * for k where it is not told, and most tasks of one.
   */
  practice(stepsMax: number): { readonly contested: number; readonly tasks: number } {
    this.#wasm.practice(stepsMax);
    return { contested: number(this.#wasm.practiceContested), tasks: number(this.#wasm.practiceTasks) };
  }

  /** Distinct states that fuzz() remembers of this program; 0 where it runs every step. */
  states(): number {
    return this.#wasm.walkStates();
  }

  /**
   * Begins to explore every schedule, in a graph of so many bytes (EXPLORE_BYTES_MAX at most). False where
   * there is no such memory.
   */
  exploreBegin(bytes: number, stepsMax: number, { reduce, preemptionsMax }: ExploreManner = {}): boolean {
    const begun =
      this.#wasm.exploreBegin(bytes, stepsMax, reduce === true ? 1 : 0, preemptionsMax ?? -1) !== 0;
    this.#renewViews();
    return begun;
  }

  /** Expands so many states; true where no more is to be done. */
  exploreRun(states: number): boolean {
    return this.#wasm.exploreRun(states) !== 0;
  }

  exploreProgress(): ExploreProgress {
    return {
      states: number(this.#wasm.graphStates) >>> 0,
      transitions: Number(this.#wasm.exploreTransitions.value),
      depth: number(this.#wasm.exploreDepth),
      waiting: number(this.#wasm.frontierStates) >>> 0,
      usedBytes: this.#wasm.graphBytes() >>> 0,
      stopped: number(this.#wasm.exploreStopped),
      alone: number(this.#wasm.reduceAlone) >>> 0,
      rounds: number(this.#wasm.exploreRounds),
      cut: number(this.#wasm.boundCut) >>> 0,
    };
  }

  /** What was explored so far; null where it is too large to be held in arrays. */
  exploredGraph(): StateGraph | null {
    return readGraph(this.#graphMemory());
  }

  /** What went wrong in what was explored so far, in a moment, however large it is. */
  exploredNotes(complete: boolean): FirstNotes {
    return firstNotes(this.#graphMemory(), complete);
  }

  /** Of each layer that was visited as a whole, the states that so many steps lead to first. */
  exploredLayers(): number[] {
    const depth = number(this.#wasm.exploreDepth);
    const layers = new Uint32Array(this.#wasm.memory.buffer, address(this.#wasm.EXPLORE_LAYERS), depth);
    return Array.from(layers, (states, d) => states - (layers[d - 1] ?? 0));
  }

  #graphMemory(): GraphMemory {
    return {
      bytes: this.#bytes,
      heap: address(this.#wasm.graphHeap) >>> 0,
      used: number(this.#wasm.graphUsed) >>> 0,
      root: number(this.#wasm.exploreRoot) >>> 0,
      transitions: Number(this.#wasm.exploreTransitions.value),
    };
  }

  /** Begins a run that is stepped from outside; `choices` feed choose(). */
  begin(stepsMax: number, choices: Uint32Array): void {
    const kept = choices.subarray(0, STEPS_MAX);
    new Uint32Array(this.#wasm.memory.buffer, address(this.#wasm.CHOICES), kept.length).set(kept);
    this.#wasm.replayBegin(stepsMax, kept.length);
  }

  /**
   * Results for the choose() calls of the next step, from number `at` of the run on; for a run with
   * begin().
   */
  offerChoices(at: number, results: readonly number[]): void {
    const words = new Uint32Array(this.#wasm.memory.buffer, address(this.#wasm.CHOICES), STEPS_MAX);
    words.set(results.slice(0, Math.max(0, STEPS_MAX - at)), Math.min(at, STEPS_MAX));
    this.#wasm.choiceOffer(at + results.length);
  }

  /** Bit mask of the slots that can step. */
  runnable(): number {
    return number(this.#wasm.runnable);
  }

  /** Steps a runnable slot. */
  step(slot: number): void {
    this.#wasm.replayStep(slot);
  }

  /** After the last task has ended, or when nobody can step: end checks, or the deadlock. */
  finish(): void {
    this.#wasm.replayFinish();
  }

  /** An Outcome. */
  outcome(): number {
    return number(this.#wasm.outcome);
  }

  /** A LimitKind, after Outcome.LIMIT. */
  limit(): number {
    return number(this.#wasm.limit);
  }

  /** Steps of the run so far. */
  steps(): number {
    return number(this.#wasm.steps);
  }

  /** Results of choose() that the run took so far. */
  choicesUsed(): number {
    return number(this.#wasm.choiceCount);
  }

  /** What went wrong in the run so far (the first 64). */
  violations(): RawViolation[] {
    const view = this.#view;
    const result: RawViolation[] = [];
    const count = number(this.#wasm.violationCount);
    for (let i = 0; i < count; i++) {
      const at = address(this.#wasm.VIOLATIONS) + i * VIOLATION_BYTES;
      result.push({
        kind: view.getUint32(at, true),
        detail: view.getUint32(at + 4, true),
        site: view.getUint32(at + 8, true),
        task: view.getUint32(at + 12, true),
        class: view.getInt32(at + 16, true),
        other: view.getInt32(at + 20, true),
        step: view.getUint32(at + 24, true),
      });
    }
    return result;
  }

  /** The task slots, used or not. */
  slots(): SlotState[] {
    const live = number(this.#wasm.live);
    const runnable = this.runnable();
    const result: SlotState[] = [];
    for (let slot = 0; slot < TASKS_MAX; slot++) {
      const at = address(this.#wasm.TASKS) + slot * TASK_BYTES;
      result.push({
        slot,
        live: ((live >>> slot) & 1) === 1,
        runnable: ((runnable >>> slot) & 1) === 1,
        pc: (this.#view.getUint32(at, true) & JUMP_MASK) / INSTRUCTION_BYTES,
        kind: this.#view.getUint32(at + 32, true),
        function: this.#view.getInt32(at + 36, true),
        argument: this.#view.getUint32(at + 40, true),
        waitMask: this.#view.getUint32(at + 8, true),
        queue: this.#view.getUint32(at + 44, true),
        ticket: this.#view.getUint32(at + 48, true),
        atomic: this.#view.getUint32(at + 20, true),
      });
    }
    return result;
  }

  /** Machine register n of a slot. */
  register(slot: number, n: number): number {
    return this.#view.getUint32(this.#wasm.taskWindow(slot) + 4 * n, true);
  }

  /** The domain of the grace period that a slot waits for; 0 for none. */
  waitDomain(slot: number): number {
    return this.#view.getUint32(address(this.#wasm.TASKS) + slot * TASK_BYTES + 16, true);
  }

  /** Value of a cell, or undefined where none was ever allocated. */
  cell(pointer: number): number | undefined {
    return this.cellState(pointer) === "none"
      ? undefined
      : this.#view.getUint32(address(this.#wasm.CELLS) + 4 * pointer, true);
  }

  cellState(pointer: number): "none" | "live" | "freed" {
    if (pointer < POINTER_BASE || pointer >= number(this.#wasm.cellsEnd)) return "none";
    return (["none", "live", "freed"] as const)[this.#bytes[address(this.#wasm.SHADOW) + pointer]! & 3]!;
  }

  /** The instruction that stored to a cell last, 0 for none. */
  writer(pointer: number): number {
    return this.#view.getUint16(address(this.#wasm.WRITERS) + 2 * pointer, true);
  }

  /** One past the last pointer in use. */
  cellsEnd(): number {
    return number(this.#wasm.cellsEnd);
  }

  /** The object that a pointer leads into. */
  object(pointer: number): ObjectState | undefined {
    const at = this.#wasm.objectFind(pointer | 0);
    return at === 0 ? undefined : this.#object(at);
  }

  /** All objects in order of address. */
  objects(): ObjectState[] {
    const first = address(this.#wasm.OBJECTS);
    return Array.from({ length: number(this.#wasm.objectCount) }, (_, i) => this.#object(first + 16 * i));
  }

  #object(at: number): ObjectState {
    const word = this.#view.getUint32(at + 4 * OBJECT_CLASS, true);
    const sites = this.#view.getUint32(at + 4 * OBJECT_SITES, true);
    return {
      index: (at - address(this.#wasm.OBJECTS)) / (4 * OBJECT_WORDS),
      base: this.#view.getUint32(at, true),
      size: this.#view.getUint32(at + 4, true),
      class: (word & OBJECT_LOCAL) !== 0 ? -1 : word & 0xffff,
      heap: (word & OBJECT_HEAP) !== 0,
      freed: (word & OBJECT_FREED) !== 0,
      allocSite: sites & 0xffff,
      freeSite: sites >>> 16,
    };
  }
}

function address(global: WebAssembly.Global): number {
  return Number(global.value);
}

function number(global: WebAssembly.Global): number {
  return Number(global.value);
}

function mustDraw({ strategy }: Draw): void {
  const of = strategy & MEMBER_STRATEGY_MASK;
  const draws = of === Strategy.RANDOM || (of >= Strategy.PCT && of <= Strategy.SURW);
  if (!draws) throw new Error(`strategy ${of} draws no schedules here`);
}
