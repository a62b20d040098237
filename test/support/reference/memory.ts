// Modelled memory of the reference interpreter: one Map from pointer to cell. A pointer that the map does
// not know was never allocated (or is a gap between objects). Freed cells stay, so that their use can be
// told.

import {
  CELLS_MAX,
  FUNCTION_BASE,
  LimitKind,
  OBJECTS_MAX,
  POINTER_BASE,
  Violation,
} from "../../../assembly/abi.ts";
import type { Entry, Initial, IrProgram } from "../../../src/model/ir.ts";
import { unsigned } from "./arithmetic.ts";

/** A place in the IR. Index START is the step at which a kworker or callback takes up its work. */
export interface Site {
  readonly entry: number;
  readonly index: number;
}

export interface MemoryObject {
  readonly base: number;
  readonly size: number;
  readonly class: number;
  readonly kind: "global" | "local" | "heap";
  /** Where it was freed (or a local variable went out of scope), while it is dead. */
  freedBy: Site | undefined;
  /** Of a local variable: whose frame it is in. */
  readonly owner: FrameOwner | undefined;
  /**
   * Of a local variable: accesses to it were marked task-local; another task has reached it. The two
   * exclude each other.
   */
  marked: boolean;
  shared: boolean;
}

export interface Cell {
  value: number;
  /** The store, rmw or successful cmpxchg that wrote here last; primitives do not count. */
  writer?: Site;
  readonly object: MemoryObject;
}

/** Why a pointer must not be used. */
export interface Fault {
  readonly kind: Violation.NULL_DEREF | Violation.BAD_POINTER | Violation.USE_AFTER_FREE;
  readonly object: MemoryObject | undefined;
}

/** Who owns a frame: a task's slot or the check of that number. */
export type FrameOwner = `slot ${number}` | `check ${number}`;

export interface Memory {
  readonly cells: Map<number, Cell>;
  readonly heap: MemoryObject[];
  readonly frames: Map<FrameOwner, number>;
  /** Pointer that the next object gets. */
  next: number;
  /** Objects placed: globals, frames that are not empty, heap. */
  objects: number;
}

/** Cells that an entry's local variables take in a frame: one gap cell after each. */
export function frameSize(entry: Entry): number {
  return entry.locals.reduce((sum, local) => sum + local.size + 1, 0);
}

/** Offset of a local variable in its frame. */
export function localOffset(entry: Entry, local: number): number {
  return entry.locals.slice(0, local).reduce((sum, each) => sum + each.size + 1, 0);
}

/** Globals first, then the frames of `slots` (sizes in the order given), then the heap. */
export function createMemory(ir: IrProgram, frames: readonly (readonly [FrameOwner, number])[]): Memory {
  const memory: Memory = {
    cells: new Map(),
    heap: [],
    frames: new Map(),
    next: POINTER_BASE,
    objects: 0,
  };
  for (const global of ir.globals) {
    const object = place(memory, POINTER_BASE + global.cell, global.size, global.class, "global");
    for (let i = 0; i < object.size; i++) {
      memory.cells.get(object.base + i)!.value = initialValue(ir, global.initial[i] ?? 0);
    }
    memory.next = Math.max(memory.next, object.base + object.size + 1);
    memory.objects++;
  }
  for (const [owner, size] of frames) {
    memory.frames.set(owner, memory.next);
    if (size === 0) continue;
    memory.next += size + 1;
    memory.objects++;
  }
  return memory;
}

function initialValue(ir: IrProgram, initial: Initial): number {
  if (typeof initial === "number") return unsigned(initial);
  if ("function" in initial) return FUNCTION_BASE + initial.function;
  return unsigned(POINTER_BASE + ir.globals[initial.global]!.cell + initial.plus);
}

/** Makes living, zeroed cells of one object. */
export function place(
  memory: Memory,
  base: number,
  size: number,
  objectClass: number,
  kind: MemoryObject["kind"],
  owner?: FrameOwner,
): MemoryObject {
  const object: MemoryObject = {
    base,
    size,
    class: objectClass,
    kind,
    freedBy: undefined,
    owner,
    marked: false,
    shared: false,
  };
  for (let i = 0; i < size; i++) memory.cells.set(base + i, { value: 0, object });
  return object;
}

/** A new heap object after the last one and a gap, or the limit that it ran into. */
export function allocate(memory: Memory, cells: number, objectClass: number): MemoryObject | LimitKind {
  const size = cells === 0 ? 1 : cells;
  if (memory.next - POINTER_BASE + size > CELLS_MAX) return LimitKind.CELLS;
  if (memory.objects === OBJECTS_MAX) return LimitKind.OBJECTS;
  const object = place(memory, memory.next, size, objectClass, "heap");
  memory.heap.push(object);
  memory.next += size + 1;
  memory.objects++;
  return object;
}

/** What is wrong with using this pointer, if anything is. */
export function faultAt(memory: Memory, pointer: number): Fault | undefined {
  if (pointer < POINTER_BASE) return { kind: Violation.NULL_DEREF, object: undefined };
  // No cell: never allocated, a gap, a function's address, an errno in pointer's clothing.
  const cell = memory.cells.get(pointer);
  if (cell === undefined) return { kind: Violation.BAD_POINTER, object: undefined };
  if (cell.object.freedBy !== undefined) return { kind: Violation.USE_AFTER_FREE, object: cell.object };
  return undefined;
}
