// Linear memory, laid out once; nothing is allocated at run time.
//
//   0x000000  AssemblyScript's static data
//   0x010500  shadow      one byte a pointer: SHADOW_*                     copy at +0x8800
//   0x020200  cells       one word a pointer (so the NULL page takes room) copy at +0x18800
//   0x050000  tasks       a block a slot, then one a check                 copy at +0x17800
//   0x0a0900  objects     16 bytes each, by ascending first cell           copy at +0x4a00
//   0x0b0000  tally       raw findings of a shard
//   0x0c0000  violations  of the run that is being replayed
//   0x0d0000  picks       slot of each recorded step
//   0x0e0000  choices     results of choose(), recorded or to be replayed
//   0x120600  writers     two bytes a pointer: who stored there last       copy at +0x10800
//   0x140000  practice    how often each slot stepped on each cell (schedule/practice.ts); or, of a machine
//                         that looks closely at runs:
//             marks       a byte an instruction: which ways were taken from it (core/marks.ts)
//   0x150000  past        32 bytes a resource: who touched it last (schedule/behaviour.ts)
//   0x160000  seen        hashes of the states of one run (schedule/observe.ts)
//   0x200000  image       the program as loaded
//   0x400000  graph       states that were met (see schedule/graph.ts), to the end of memory
//
// The odd addresses are deliberate: what a run uses of each region is a few hundred bytes at its beginning,
// and regions that begin at the same offset in a page would share the same few sets of the first-level cache.
//
// The copies hold the state in which the threads begin; each run starts by restoring it.

import { CELLS_MAX, POINTER_BASE } from "../abi";

/** Pointers at or above this lead nowhere. */
export const POINTER_LIMIT: u32 = POINTER_BASE + CELLS_MAX;

export const SHADOW: usize = 0x10500;
export const SHADOW_COPY: usize = 0x8800;
export const CELLS: usize = 0x20200;
export const CELLS_COPY: usize = 0x18800;
export const TASKS: usize = 0x50000;
export const TASKS_COPY: usize = 0x17800;
export const OBJECTS: usize = 0xa0900;
export const OBJECTS_COPY: usize = 0x4a00;
export const TALLY: usize = 0xb0000;
export const VIOLATIONS: usize = 0xc0000;
export const PICKS: usize = 0xd0000;
export const CHOICES: usize = 0xe0000;
/**
 * Instruction that stored to a cell last, 0 for none: the other side of a check that fails on what it read.
 */
export const WRITERS: usize = 0x120600;
export const WRITERS_COPY: usize = 0x10800;
/** In the engine that records practice refuses to run: all from MARKS to behind SEEN lies there. */
export const PRACTICE: usize = 0x140000;
export const MARKS: usize = 0x140000;
export const PAST: usize = 0x150000;
export const SEEN: usize = 0x160000;
export const IMAGE: usize = 0x200000;
export const IMAGE_LIMIT: usize = 0x400000;
export const GRAPH: usize = IMAGE_LIMIT;

// Shadow of a cell: SHADOW_LIVE and SHADOW_WATCHED may come together.
export const SHADOW_NONE: u32 = 0;
export const SHADOW_LIVE: u32 = 1;
export const SHADOW_FREED: u32 = 2;
/** A task has looked at this cell to see whether it must wait: writing it may wake one. */
export const SHADOW_WATCHED: u32 = 4;

// A task's block is a header, then 256 registers:
//
//    0 pc (a jump)   8 wait mask (64 bits)  20 atomic depth   32 kind        44 queue
//    4 word at pc   16 wait domain          24 locks held     36 function    48 ticket
//                                           28 open sections  40 argument     52 cell loaded last
//                                                                             56 sleep
//
// Atomic depth counts spinlocks and readers that must not sleep in its low half, softirqs being off from
// ATOMIC_BH on, interrupts being off in ATOMIC_IRQ. Sleep is the state in which the task sleeps on a wait
// queue (0: awake), and above it the number of wait queues that it is on.
//
// What a task waits for is a mask: with a wait domain, open sections of that; without, slots of the callbacks
// and kworkers that a barrier or flush found. The queue is a kworker's workqueue or a callback's domain.
//
// The first word of the instruction at pc is kept here too: between two steps nothing is slower than the way
// from a drawn slot to the dispatch of its instruction, and this saves one load on it.
export const TASK_BYTES: usize = 1088;
export const TASK_WINDOW: usize = 64;
export const TASK_PC: usize = 0;
export const TASK_WORD: usize = 4;
export const TASK_WAIT: usize = 8;
export const TASK_WAIT_DOMAIN: usize = 16;
export const TASK_ATOMIC: usize = 20;
export const TASK_LOCKS: usize = 24;
export const TASK_SECTIONS: usize = 28;
export const TASK_KIND: usize = 32;
export const TASK_FUNCTION: usize = 36;
export const TASK_ARGUMENT: usize = 40;
export const TASK_QUEUE: usize = 44;
export const TASK_TICKET: usize = 48;
export const TASK_READ: usize = 52;
export const TASK_SLEEP: usize = 56;

export const ATOMIC_BH: u32 = 0x1_0000;
export const ATOMIC_IRQ: u32 = 0x100_0000;
export const SLEEP_QUEUED: u32 = 0x100;

export const KIND_THREAD: u32 = 0;
export const KIND_KWORKER: u32 = 1;
export const KIND_CALLBACK: u32 = 2;

// Registers with a fixed meaning.
export const REGISTER_FRAME: usize = 1;
export const REGISTER_ARGUMENT: usize = 2;

/** Copies a multiple of 16 bytes, both sides aligned: faster than memory.copy for a few hundred bytes. */
// @ts-ignore: decorator
@inline
export function layoutCopy(to: usize, from: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 16) v128.store(to + i, v128.load(from + i));
}
