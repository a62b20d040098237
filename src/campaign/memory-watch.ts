// Watches the memory of a run: after each step all cells are compared with what they were before, so that
// nothing is missed that a primitive changes besides. For stories (teller.ts).

import { COMPLETION_DONE, CSS_DEAD, CSS_REFS, Op, WORK_DISABLED, WORK_PENDING } from "../../assembly/abi.ts";
import type { Program } from "../model/program.ts";
import type { Decoded } from "./effects.ts";
import type { ObjectState, StoryMachine } from "./machine.ts";
import type { Namer } from "./names.ts";
import type { StoryObject, StoryRead, StoryWrite } from "./story.ts";

/** What a step read, before it is known what it did. */
export interface ReadNoted extends StoryRead {
  /** Of a count that many may change: that somebody did decides nothing by itself. */
  readonly count: boolean;
}

export interface MemoryChanges {
  readonly writes: readonly StoryWrite[];
  readonly allocated: readonly number[];
  readonly freed: readonly number[];
}

interface Watched extends StoryObject {
  readonly base: number;
  readonly size: number;
  freed: boolean;
  readonly values: (number | undefined)[];
}

/** A class because it is one run's memory, fed step by step. */
export class MemoryWatch {
  readonly #program: Program;
  readonly #machine: StoryMachine;
  readonly #namer: Namer;
  readonly #objects: Watched[] = [];
  /** By pointer: the step that wrote the cell last. */
  readonly #writers = new Map<number, number>();
  /** By object: the step that freed it. */
  readonly #frees = new Map<number, number>();

  /** Where the first step is about to be taken. */
  constructor(program: Program, machine: StoryMachine, namer: Namer) {
    this.#program = program;
    this.#machine = machine;
    this.#namer = namer;
    for (const state of machine.objects()) this.#add(state, -1);
  }

  get objects(): readonly StoryObject[] {
    return this.#objects.map(({ name, class: of, storage, fields, born, initial }) => {
      return { name, class: of, storage, fields, born, initial };
    });
  }

  cells(): number {
    return this.#objects.reduce((sum, object) => sum + object.size, 0);
  }

  /** Before a step: the cells whose values decide what it does. */
  reads(i: Decoded): ReadNoted[] {
    return cellsRead(i).flatMap(({ pointer, count }) => {
      const at = this.locate(pointer);
      const value = this.#machine.cell(pointer);
      if (at === undefined || value === undefined || this.#objects[at.object]!.freed) return [];
      const from = this.#writers.get(pointer) ?? -1;
      return [{ ...at, value: this.#namer.value(pointer, value), from, count }];
    });
  }

  locate(pointer: number): { readonly object: number; readonly field: number } | undefined {
    const object = this.#objects.findIndex(({ base, size }) => pointer >= base && pointer < base + size);
    return object < 0 ? undefined : { object, field: pointer - this.#objects[object]!.base };
  }

  /** The step that freed what a pointer leads into, if one did. */
  freedBy(pointer: number): number | undefined {
    const at = this.locate(pointer);
    return at === undefined ? undefined : this.#frees.get(at.object);
  }

  /** After a step. */
  changes(step: number, i: Decoded): MemoryChanges {
    const allocated: number[] = [];
    const freed: number[] = [];
    for (const [index, state] of this.#machine.objects().entries()) {
      if (index >= this.#objects.length) allocated.push(this.#add(state, step));
      const known = this.#objects[index]!;
      if (state.freed && !known.freed) {
        known.freed = true;
        freed.push(index);
        this.#frees.set(index, step);
      }
    }
    const writes: StoryWrite[] = [];
    for (const [object, known] of this.#objects.entries()) {
      if (known.freed) continue;
      for (let field = 0; field < known.size; field++) {
        const pointer = known.base + field;
        const value = this.#machine.cell(pointer);
        const before = known.values[field];
        if (value === before) continue;
        known.values[field] = value;
        this.#writers.set(pointer, step);
        writes.push({
          object,
          field,
          before: this.#text(pointer, before),
          after: this.#text(pointer, value),
        });
      }
    }
    this.#noteSameValue(step, i, writes);
    return { writes, allocated, freed };
  }

  /** A store of the value that is there is a write all the same: who reads it sees this one. */
  #noteSameValue(step: number, i: Decoded, writes: StoryWrite[]): void {
    if (i.op !== Op.STORE && i.op !== Op.XCHG) return;
    const at = this.locate(i.x);
    if (at === undefined || this.#objects[at.object]!.freed) return;
    this.#writers.set(i.x, step);
    if (writes.some(({ object, field }) => object === at.object && field === at.field)) return;
    const value = this.#text(i.x, this.#machine.cell(i.x));
    writes.push({ ...at, before: value, after: value });
  }

  #text(pointer: number, value: number | undefined): string {
    return value === undefined ? "" : this.#namer.value(pointer, value);
  }

  #add(state: ObjectState, born: number): number {
    const { base, size } = state;
    const name = this.#namer.object(base);
    const pointers = Array.from({ length: size }, (_, field) => base + field);
    // What comes to life is zero; what the rest of its step made of it counts as written.
    const values = pointers.map((pointer) => (born < 0 ? this.#machine.cell(pointer) : 0));
    const fields = pointers.map((pointer, field) => {
      const own = this.#namer.cell(pointer).slice(name.length).replace(/^\./, "");
      return own === "" && size > 1 ? `[${field}]` : own;
    });
    const texts = values.map((value, field) => this.#text(base + field, value));
    this.#objects.push({
      name,
      class: this.#program.symbols.classes[state.class]?.name ?? "",
      storage: state.heap ? "heap" : state.class < 0 ? "local" : "global",
      fields,
      born,
      initial: texts,
      base,
      size,
      freed: state.freed,
      values,
    });
    return this.#objects.length - 1;
  }
}

function cellsRead(i: Decoded): { pointer: number; count: boolean }[] {
  const one = (pointer: number, count = false) => [{ pointer: pointer >>> 0, count }];
  switch (i.op) {
    case Op.LOAD:
    case Op.XCHG:
    case Op.CMPXCHG:
    case Op.FETCH_AND:
    case Op.FETCH_OR:
    case Op.FETCH_XOR:
      return one(i.x);
    case Op.FETCH_ADD:
    case Op.REFCOUNT_INC:
    case Op.REFCOUNT_INC_NOT_ZERO:
    case Op.REFCOUNT_DEC_AND_TEST:
      return one(i.x, true);
    case Op.CSS_TRYGET_ONLINE:
      return one(i.x + CSS_DEAD);
    case Op.CSS_TRYGET:
    case Op.CSS_GET:
    case Op.CSS_PUT:
      return one(i.x + CSS_REFS, true);
    case Op.CSS_KILL:
      return one(i.x + CSS_DEAD);
    case Op.QUEUE_WORK:
    case Op.WORK_DELAY:
    case Op.WORK_REDELAY:
      return [...one(i.b + WORK_PENDING), ...one(i.b + WORK_DISABLED)];
    case Op.CANCEL_WORK:
    case Op.WORK_DISABLE:
    case Op.WORK_DISABLE_SYNC:
    case Op.WORK_FLUSH:
    case Op.WORK_FLUSH_DELAYED:
      return one(i.x + WORK_PENDING);
    case Op.WAIT_COMPLETION:
      return one(i.x + COMPLETION_DONE);
    default:
      return [];
  }
}
