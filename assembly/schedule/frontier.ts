// The states that wait for their steps to be taken, packed (see parts.ts), first in, first out. They lie in
// pieces of memory that are used again when they have been read; each begins with the address of the next.

import { graphTake } from "./graph";
import { PACKED_MAX } from "./parts";

const PIECE_BYTES: usize = 32 << 10;
const PIECE_HEAD: usize = 8;
assert(PIECE_BYTES > PIECE_HEAD + PACKED_MAX);

/** Pieces that are free, as a list; 0 at its end. */
let spare: usize = 0;
let readPiece: usize = 0;
let readAt: usize = 0;
let writePiece: usize = 0;
let writeAt: usize = 0;
/** States that wait. */
export let frontierStates: u32 = 0;

export function frontierBegin(): void {
  spare = 0;
  readPiece = 0;
  writePiece = 0;
  frontierStates = 0;
}

/** Where the next state may be packed; 0 where there is no memory. */
export function frontierRoom(): usize {
  if (writePiece && writeAt + PACKED_MAX <= writePiece + PIECE_BYTES) return writeAt;
  let piece = spare;
  if (piece) spare = load<u32>(piece);
  else piece = graphTake(PIECE_BYTES);
  if (!piece) return 0;
  store<u32>(piece, 0);
  if (writePiece) {
    store<u32>(writePiece, <u32>piece);
    store<u32>(writePiece, <u32>writeAt, 4);
  } else {
    readPiece = piece;
    readAt = piece + PIECE_HEAD;
  }
  writePiece = piece;
  writeAt = piece + PIECE_HEAD;
  return writeAt;
}

/** It was packed, up to there. */
export function frontierPut(end: usize): void {
  frontierStates++;
  writeAt = end;
}

/** The state that has waited longest; there must be one. */
export function frontierFirst(): usize {
  if (readPiece != writePiece && readAt == load<u32>(readPiece, 4)) {
    const next = <usize>load<u32>(readPiece);
    store<u32>(readPiece, <u32>spare);
    spare = readPiece;
    readPiece = next;
    readAt = next + PIECE_HEAD;
  }
  return readAt;
}

/** It does not wait any longer; it ended there. */
export function frontierTaken(end: usize): void {
  frontierStates--;
  readAt = end;
}
