// Watches what lasts longer than a step: which task has a slot, read-side sections, locks held, grace
// periods, and waits with the step that ended them. For stories (teller.ts).

import {
  DOMAIN_SECTIONS,
  LOCK_OWNER,
  NESTING_MAX,
  Op,
  RWSEM_NESTING_MAX,
  RWSEM_OWNER,
  RWSEM_READERS,
  RWSEM_READS,
  TASKS_MAX,
} from "../../assembly/abi.ts";
import type { Program } from "../model/program.ts";
import type { Decoded } from "./effects.ts";
import type { SlotState, StoryMachine } from "./machine.ts";
import type { Namer } from "./names.ts";
import { taskLabel } from "./occurrences.ts";
import { type Wait, waitOf } from "./waits.ts";

/** A task from when it gets its slot until it ends: a slot that ends and lives again is another one. */
export interface Life {
  readonly slot: number;
  /** The step that made it, -1: there from the beginning. */
  readonly born: number;
  readonly label: string;
  readonly thread: boolean;
  /** The step that it took first, -1: none yet. */
  first: number;
}

export interface SpanNoted {
  readonly kind: "section" | "lock" | "wait" | "grace-period";
  /** Index into `lives`. */
  readonly life: number;
  readonly what: string;
  readonly from: number;
  to: number | null;
  readonly awaits: readonly number[];
}

const SECTION_OPS: ReadonlySet<number> = new Set([
  Op.GP_READ_LOCK,
  Op.GP_READ_UNLOCK,
  Op.GP_START,
  Op.GP_CALL,
]);
const LOCK_OPS: ReadonlySet<number> = new Set([
  Op.MUTEX_LOCK,
  Op.MUTEX_TRYLOCK,
  Op.MUTEX_UNLOCK,
  Op.SPIN_LOCK,
  Op.SPIN_TRYLOCK,
  Op.SPIN_UNLOCK,
]);
const RWSEM_OPS: ReadonlySet<number> = new Set([
  Op.DOWN_READ,
  Op.DOWN_READ_TRYLOCK,
  Op.DOWN_WRITE_TRYLOCK,
  Op.RWSEM_QUEUE_WRITE,
  Op.RWSEM_WAIT_WRITE,
  Op.UP_READ,
  Op.UP_WRITE,
  Op.DOWNGRADE_WRITE,
]);

/** A class because it is one run's memory, fed step by step. */
export class SpanWatch {
  readonly lives: Life[] = [];
  readonly spans: SpanNoted[] = [];
  readonly #program: Program;
  readonly #machine: StoryMachine;
  readonly #namer: Namer;
  /** By slot, while it lives: index into lives. */
  readonly #current = new Map<number, number>();
  readonly #domains = new Set<number>();
  readonly #locks = new Set<number>();
  readonly #rwsems = new Set<number>();
  /** By what is open: its span. */
  readonly #open = new Map<string, number>();
  /** By slot: the domain whose grace period it waits for. */
  readonly #waited = new Map<number, number>();

  constructor(program: Program, machine: StoryMachine, namer: Namer) {
    this.#program = program;
    this.#machine = machine;
    this.#namer = namer;
    this.#watchLives(-1);
    this.#watchWaits(-1);
  }

  lifeOf(slot: number): number {
    return this.#current.get(slot) ?? -1;
  }

  labelOf(slot: number): string {
    return this.lives[this.lifeOf(slot)]?.label ?? "set-up";
  }

  wait(state: SlotState & { readonly queue: number }): Wait | undefined {
    const domain = state.kind === 2 ? state.queue : this.#waited.get(state.slot);
    return waitOf(this.#program, this.#machine, this.#namer, state, domain);
  }

  /** Before a step: what it is about to touch is known from then on. */
  before(step: number, slot: number, i: Decoded): void {
    const life = this.lives[this.lifeOf(slot)];
    if (life !== undefined && life.first < 0) life.first = step;
    if (SECTION_OPS.has(i.op)) this.#domains.add(i.x);
    if (LOCK_OPS.has(i.op)) this.#locks.add(i.x);
    if (RWSEM_OPS.has(i.op)) this.#rwsems.add(i.x);
  }

  after(step: number, slot: number, i: Decoded): void {
    // Whoever steps may have ended: its slot is its own until its sections and locks are looked at.
    const born = this.#watchLives(step);
    this.#watchSections(step);
    this.#watchLocks(step);
    if (i.op === Op.GP_START) this.#beginGrace(step, slot, i.x);
    if (i.op === Op.GP_CALL && born.length > 0) this.#beginGrace(step, born[0]!, i.x);
    if (i.op === Op.GP_WAIT || i.op === Op.CALLBACK_START) this.#close(`grace ${slot}`, step);
    this.#watchWaits(step);
    this.#forgetEnded();
  }

  /** The slots that got a task. */
  #watchLives(step: number): number[] {
    const born: number[] = [];
    for (const state of this.#machine.slots()) {
      if (!state.live || this.#current.has(state.slot)) continue;
      this.lives.push({
        slot: state.slot,
        born: step,
        label: taskLabel(this.#program, state),
        thread: state.kind === 0,
        first: -1,
      });
      this.#current.set(state.slot, this.lives.length - 1);
      born.push(state.slot);
    }
    return born;
  }

  #forgetEnded(): void {
    for (const { slot, live } of this.#machine.slots()) if (!live) this.#current.delete(slot);
  }

  #watchSections(step: number): void {
    for (const domain of this.#domains) {
      const name = this.#domainName(domain);
      for (let slot = 0; slot < TASKS_MAX; slot++) {
        for (let level = 0; level < NESTING_MAX; level++) {
          const word = this.#machine.cell(domain + DOMAIN_SECTIONS + (level >> 1)) ?? 0;
          const open = ((word >>> (16 * (level & 1) + slot)) & 1) === 1;
          this.#toggle(open, `section ${domain} ${slot} ${level}`, "section", slot, name, step);
        }
      }
    }
  }

  #watchLocks(step: number): void {
    for (const lock of this.#locks) {
      const owner = this.#machine.cell(lock + LOCK_OWNER) ?? 0;
      const name = this.#namer.struct(lock) || "a lock";
      for (let slot = 0; slot < TASKS_MAX; slot++) {
        this.#toggle(owner === slot + 1, `lock ${lock} ${slot}`, "lock", slot, name, step);
      }
    }
    for (const lock of this.#rwsems) {
      const owner = this.#machine.cell(lock + RWSEM_OWNER) ?? 0;
      const reads = this.#machine.cell(lock + RWSEM_READS) ?? 0;
      const name = this.#namer.struct(lock) || "a rwsem";
      for (let slot = 0; slot < TASKS_MAX; slot++) {
        const writes = owner !== RWSEM_READERS && owner === slot + 1;
        const reading = ((reads >>> (2 * slot)) & RWSEM_NESTING_MAX) !== 0;
        this.#toggle(writes, `write ${lock} ${slot}`, "lock", slot, `${name} (write)`, step);
        this.#toggle(reading, `read ${lock} ${slot}`, "lock", slot, `${name} (read)`, step);
      }
    }
  }

  #beginGrace(step: number, slot: number, domain: number): void {
    this.#waited.set(slot, domain);
    const prefix = `section ${domain} `;
    const awaits = [...this.#open].filter(([key]) => key.startsWith(prefix)).map(([, span]) => span);
    const name = this.#domainName(domain);
    this.#begin(`grace ${slot}`, "grace-period", slot, name, step, awaits);
  }

  /** "bpf_oom_srcu": that its domain is a struct in it is the headers' affair. */
  #domainName(domain: number): string {
    return this.#namer.struct(domain).replace(/\.domain$/, "") || "a domain";
  }

  #watchWaits(step: number): void {
    const runnable = this.#machine.runnable();
    for (const state of this.#machine.slots()) {
      const wait = state.live && ((runnable >>> state.slot) & 1) === 0 ? this.wait(state) : undefined;
      const what = wait === undefined ? "" : waitText(wait, (slot) => this.labelOf(slot));
      this.#toggle(wait !== undefined, `wait ${state.slot}`, "wait", state.slot, what, step);
    }
  }

  #toggle(on: boolean, key: string, kind: SpanNoted["kind"], slot: number, what: string, step: number): void {
    const open = this.#open.has(key);
    if (on && !open) this.#begin(key, kind, slot, what, step, []);
    else if (!on && open) this.#close(key, step);
  }

  #begin(
    key: string,
    kind: SpanNoted["kind"],
    slot: number,
    what: string,
    from: number,
    awaits: readonly number[],
  ): void {
    this.#open.set(key, this.spans.length);
    this.spans.push({ kind, life: this.lifeOf(slot), what, from, to: null, awaits });
  }

  #close(key: string, step: number): void {
    const span = this.#open.get(key);
    if (span === undefined) return;
    this.spans[span]!.to = step;
    this.#open.delete(key);
  }
}

/** "cgroup_mutex, held by rmdir". */
export function waitText({ what, holders }: Wait, labelOf: (slot: number) => string): string {
  const names = holders.map(labelOf).join(" and ");
  return names === "" ? what : `${what}, held by ${names}`;
}
