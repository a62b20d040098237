// Watches a run for what its violations will need: who allocated, freed, locked and stored what, which grace
// period a task began to wait for. Asked at the end: the other places that matter, and who waits for whom.

import { Op, Violation } from "../../assembly/abi.ts";
import type { RawViolation } from "../engine/engine.ts";
import type { Program } from "../model/program.ts";
import type { Decoded } from "./effects.ts";
import type { SlotState, TraceMachine } from "./machine.ts";
import type { Namer } from "./names.ts";
import { sitePlace } from "./places.ts";
import type { RelatedPlace } from "./summary.ts";
import { type Wait, waitOf } from "./waits.ts";

/** Where and by whom something was done. */
interface Act {
  readonly task: string;
  readonly site: number;
}

/** A class because it is one run's memory, fed step by step. */
export class Witness {
  readonly #program: Program;
  readonly #machine: TraceMachine;
  readonly #namer: Namer;
  /** Label of the task that has a slot now. */
  readonly #labelOf: (slot: number) => string;
  readonly #frees = new Map<number, Act>();
  readonly #allocations = new Map<number, Act>();
  readonly #locks = new Map<number, Act>();
  /** By slot: the domain whose grace period its task waits for. */
  readonly #domains = new Map<number, number>();
  /** Who executed an instruction last. */
  readonly #executed = new Map<number, string>();

  constructor(program: Program, machine: TraceMachine, namer: Namer, labelOf: (slot: number) => string) {
    this.#program = program;
    this.#machine = machine;
    this.#namer = namer;
    this.#labelOf = labelOf;
  }

  /** After a step. */
  note(slot: number, i: Decoded): void {
    const act = { task: this.#labelOf(slot), site: i.pc };
    this.#executed.set(i.pc, act.task);
    const object = this.#machine.object(i.x);
    switch (i.op) {
      case Op.FREE:
        if (object !== undefined && !this.#frees.has(object.base)) this.#frees.set(object.base, act);
        break;
      case Op.ALLOC: {
        const made = this.#machine.object(this.#machine.register(slot, i.dst) >>> 0);
        if (made?.allocSite === i.pc) this.#allocations.set(made.base, act);
        break;
      }
      case Op.MUTEX_LOCK:
      case Op.SPIN_LOCK:
      case Op.MUTEX_TRYLOCK:
      case Op.SPIN_TRYLOCK:
        if (this.#machine.cell(i.x) === slot + 1) this.#locks.set(i.x, act);
        break;
      case Op.GP_START:
        this.#domains.set(slot, i.x);
        break;
      default:
    }
  }

  /** What a live slot that cannot step waits for. */
  wait(state: SlotState): Wait | undefined {
    return waitOf(this.#program, this.#machine, this.#namer, state, this.#domains.get(state.slot));
  }

  /** Other places that matter to a violation about the object at `pointer`. */
  related(raw: RawViolation, pointer: number | undefined): RelatedPlace[] {
    const related: RelatedPlace[] = [];
    const add = (role: string, task: string, site: number) => {
      const place = sitePlace(this.#program, site);
      if (place !== undefined) related.push({ role, task, place });
    };
    const object = pointer === undefined ? undefined : this.#machine.object(pointer);
    if (raw.kind === Violation.USE_AFTER_FREE || raw.kind === Violation.DOUBLE_FREE) {
      const freed = object === undefined ? undefined : this.#frees.get(object.base);
      const site = raw.other >= 0 ? raw.other : (object?.freeSite ?? -1);
      add("freed by", freed?.task ?? "set-up", site);
      const made = object === undefined ? undefined : this.#allocations.get(object.base);
      if (made !== undefined) add("allocated by", made.task, made.site);
      else if (object?.heap && object.allocSite > 0 && object.allocSite !== site) {
        add("allocated by", "set-up", object.allocSite);
      }
    } else if (raw.kind === Violation.LOCK_MISUSE && pointer !== undefined) {
      const held = this.#locks.get(pointer);
      if (held !== undefined) add("locked by", held.task, held.site);
    } else if (raw.other >= 0) {
      // What a failed check looked at was stored there last.
      add("stored by", this.#executed.get(raw.other) ?? "set-up", raw.other);
    }
    return related;
  }

  #blocked() {
    return this.#machine.slots().flatMap((state) => {
      if (!state.live) return [];
      const wait = this.wait(state);
      return wait === undefined ? [] : [{ state, wait }];
    });
  }

  /** Of a deadlock: one line a task. */
  waits(): string[] {
    return this.#blocked().map(({ state, wait }) => {
      const holders = wait.holders.map((slot) => this.#labelOf(slot)).join(" and ");
      const held = holders === "" ? "" : `, held by ${holders}`;
      return `${this.#labelOf(state.slot)} waits for ${wait.what}${held}`;
    });
  }

  /** Of a deadlock: where each task waits, and where what it waits for was taken. */
  holders(): RelatedPlace[] {
    return this.#blocked().flatMap(({ state, wait }) => {
      const waits = sitePlace(this.#program, state.pc);
      const held = this.#locks.get(wait.lock);
      const holds = held === undefined ? undefined : sitePlace(this.#program, held.site);
      const related: RelatedPlace[] = [];
      if (waits !== undefined) {
        const lock = wait.lock === 0 ? {} : { lock: wait.what };
        related.push({ role: "waits for", task: this.#labelOf(state.slot), place: waits, ...lock });
      }
      if (held !== undefined && holds !== undefined)
        related.push({ role: "held by", task: held.task, place: holds });
      return related;
    });
  }
}
