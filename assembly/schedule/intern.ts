// Parts of states (machine/identity.ts), each kept once: what is the same has the same address. The idea is
// that of SPIN's collapse compression (Holzmann, SPIN 1997). A part kept:  0 hash (64 bits)   8 its bytes.
//
// Two of n parts are taken for one with probability below n^2 / 2^65, and there are far fewer parts than
// states.

import { identityPart } from "../machine/identity";
import { graphTake } from "./graph";

/** Memory for parts is taken in pieces of this size, which holds the largest one. */
const PIECE_BYTES: usize = 32 << 10;
const TABLE_FIRST: u32 = 1 << 10;
let room: usize = 0;
let roomEnd: usize = 0;
let table: usize = 0;
let tableMask: u32 = 0;
let count: u32 = 0;
/** Some part could not be kept: what is said of states is void. */
export let internFull: bool = false;

/** For a new exploration; false where there is no memory. */
export function internBegin(): bool {
  room = 0;
  roomEnd = 0;
  count = 0;
  internFull = false;
  tableMask = TABLE_FIRST - 1;
  return newTable();
}

/** Where a part of so many bytes may be written; 0 where there is no memory. */
// @ts-ignore: decorator
@inline
export function internRoom(bytes: usize): usize {
  if (room + 8 + bytes > roomEnd) more();
  return internFull ? 0 : room + 8;
}

function more(): void {
  room = graphTake(PIECE_BYTES);
  roomEnd = room + PIECE_BYTES;
  if (!room) internFull = true;
}

/** Address of the part that was written to internRoom(). */
// @ts-ignore: decorator
@inline
export function intern(part: u32, bytes: usize): usize {
  const hash = identityPart(room + 8, bytes, part);
  let entry = <u32>hash & tableMask;
  while (true) {
    const at = <usize>load<u32>(table + (<usize>entry << 2));
    if (!at) return enter(hash, entry, bytes);
    if (load<u64>(at) == hash) return at;
    entry = (entry + 1) & tableMask;
  }
}

/** What a part adds to the hash of its state; nothing where there is none. */
// @ts-ignore: decorator
@inline
export function internHash(at: usize): u64 {
  return at ? load<u64>(at) : 0;
}

function enter(hash: u64, entry: u32, bytes: usize): usize {
  const at = room;
  store<u64>(at, hash);
  room += (8 + bytes + 7) & ~7;
  store<u32>(table + (<usize>entry << 2), <u32>at);
  count++;
  if (count > tableMask >> 1) grow();
  return at;
}

function grow(): void {
  const old = table;
  const entries = tableMask + 1;
  tableMask = 2 * entries - 1;
  if (!newTable()) return;
  for (let i: u32 = 0; i < entries; i++) {
    const at = <usize>load<u32>(old + (<usize>i << 2));
    if (!at) continue;
    let entry = <u32>load<u64>(at) & tableMask;
    while (load<u32>(table + (<usize>entry << 2))) entry = (entry + 1) & tableMask;
    store<u32>(table + (<usize>entry << 2), <u32>at);
  }
}

function newTable(): bool {
  const bytes = (<usize>tableMask + 1) << 2;
  table = graphTake(bytes);
  if (table) memory.fill(table, 0, bytes);
  else internFull = true;
  return table != 0;
}
