// What a step touches, written down while it runs: three sets of resources, a bit each. A resource is a
// cell (its value, whether it lives, who stored there), the task in a slot, or one of the few things that
// are neither. Two steps that touch nothing in common, but for what both only read or both only count up or
// down, come to the same in either order.
//
//     sets:    0 read    128 written    256 counted: changed in a way that other such changes do not see
//              384 seen to live: what is written does away with that, what is counted does not
//     bits:    0 the tasks in slots 0..15   16 FOOT_SLOTS   17 FOOT_TICKET   18 FOOT_HEAP   32 cells
//
// Cells beyond the last bit share the bits of earlier ones, which can only make steps look dependent.
//
// It is recorded in the engine that reduces (build/reducer.wasm) only: elsewhere RECORDING is false at
// compile time and nothing of this is left.

import { POINTER_BASE } from "../abi";

// @ts-ignore: RECORDS stands in asconfig.json
@inline export const RECORDING: bool = RECORDS != 0;

export const FOOT_READ: usize = 0;
export const FOOT_WRITTEN: usize = 128;
export const FOOT_COUNTED: usize = 256;
export const FOOT_SEEN: usize = 384;
export const FOOT_BYTES: usize = 512;
export const FOOT_BITS: u32 = 1024;

/** Which slots are free: taken by who starts a task, counted by who ends. */
export const FOOT_SLOTS: u32 = 16;
/** The order in which work items were queued. */
export const FOOT_TICKET: u32 = 17;
/** Where the next object will lie. */
export const FOOT_HEAP: u32 = 18;
const FOOT_CELLS: u32 = 32;

/** The step in hand; what the checks that hold always have ever touched. */
export const FOOT_STEP: usize = memory.data(512, 16);
export const FOOT_ALWAYS: usize = memory.data(512, 16);

/** Where it is written down; 0: nowhere. */
let recording: usize = 0;

/** From here on it is written down there (0: nowhere); gives where it was before. */
export function footprintTo(at: usize): usize {
  const before = recording;
  recording = at;
  return before;
}

export function footprintOn(): bool {
  return recording != 0;
}

export function footprintClear(at: usize): void {
  for (let set: usize = 0; set < FOOT_BYTES; set += 128) {
    for (let i = at + set; i < at + set + footprintWidth; i += 16) v128.store(i, i64x2.splat(0));
  }
}

/** Bytes of each set that were ever in use. */
export let footprintWidth: usize = 16;

/** The bit of a cell. */
// @ts-ignore: decorator
@inline
export function footprintCell(pointer: u32): u32 {
  return FOOT_CELLS + (pointer - POINTER_BASE) % (FOOT_BITS - FOOT_CELLS);
}

export function footprintSet(at: usize, set: usize, resource: u32): void {
  const index = <usize>(resource >> 3);
  if (index >= footprintWidth) footprintWidth = (index & ~15) + 16;
  const byte = at + set + index;
  store<u8>(byte, load<u8>(byte) | (<u8>1 << <u8>(resource & 7)));
}

// @ts-ignore: decorator
@inline
export function footRead(resource: u32): void {
  if (RECORDING && recording) footprintSet(recording, FOOT_READ, resource);
}

// @ts-ignore: decorator
@inline
export function footWrite(resource: u32): void {
  if (RECORDING && recording) footprintSet(recording, FOOT_WRITTEN, resource);
}

// @ts-ignore: decorator
@inline
export function footCount(resource: u32): void {
  if (RECORDING && recording) footprintSet(recording, FOOT_COUNTED, resource);
}

// @ts-ignore: decorator
@inline
export function footReadCell(pointer: u32): void {
  if (RECORDING && recording) footprintSet(recording, FOOT_READ, footprintCell(pointer));
}

// @ts-ignore: decorator
@inline
export function footWriteCell(pointer: u32): void {
  if (RECORDING && recording) footprintSet(recording, FOOT_WRITTEN, footprintCell(pointer));
}

// @ts-ignore: decorator
@inline
export function footCountCell(pointer: u32): void {
  if (RECORDING && recording) footprintSet(recording, FOOT_COUNTED, footprintCell(pointer));
}

// @ts-ignore: decorator
@inline
export function footSeeCell(pointer: u32): void {
  if (RECORDING && recording) footprintSet(recording, FOOT_SEEN, footprintCell(pointer));
}

/** The step looks at everything. */
export function footReadAll(): void {
  if (!RECORDING || !recording) return;
  memory.fill(recording + FOOT_READ, 0xff, FOOT_WRITTEN);
  footprintWidth = FOOT_WRITTEN;
}

/** The slots whose tasks are touched. */
export function footprintTasks(at: usize): u32 {
  const all = load<u32>(at, FOOT_READ) | load<u32>(at, FOOT_WRITTEN) | load<u32>(at, FOOT_COUNTED);
  return all & 0xffff;
}

/** The sets of two footprints meet where one of them changes something. */
export function footprintsMeet(a: usize, b: usize): bool {
  for (let i: usize = 0; i < footprintWidth; i += 16) {
    const readA = v128.load(a + i, FOOT_READ);
    const writtenA = v128.load(a + i, FOOT_WRITTEN);
    const countedA = v128.load(a + i, FOOT_COUNTED);
    const readB = v128.load(b + i, FOOT_READ);
    const writtenB = v128.load(b + i, FOOT_WRITTEN);
    const countedB = v128.load(b + i, FOOT_COUNTED);
    const anyA = v128.or(v128.or(readA, countedA), v128.load(a + i, FOOT_SEEN));
    const anyB = v128.or(v128.or(readB, countedB), v128.load(b + i, FOOT_SEEN));
    const both = v128.or(
      v128.or(v128.and(writtenA, v128.or(anyB, writtenB)), v128.and(anyA, writtenB)),
      v128.or(v128.and(readA, countedB), v128.and(countedA, readB)),
    );
    if (v128.any_true(both)) return true;
  }
  return false;
}
