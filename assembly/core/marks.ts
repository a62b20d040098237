// Which instructions were run, and which of the two ways on from each was taken: a byte each, at MARKS. Kept
// in the engine that records (build/reducer.wasm) only. An instruction that ended the run by what it violated
// has no mark: whoever reads them knows its place from the violation. Nor has the end of a task, from which
// nothing goes on.

import { INSTRUCTION_BYTES, INSTRUCTIONS_MAX, MARK_ALT, MARK_NEXT } from "../abi";
import { MARKS, PAST } from "./layout";

assert(MARKS + INSTRUCTIONS_MAX <= PAST, "every instruction has its mark");

/** As if nothing had been run of so many instructions. */
export function marksClear(instructions: u32): void {
  memory.fill(MARKS, 0, instructions);
}

/** From the instruction at `pc` the run went on to a jump, which is its `straight` one or the other. */
// @ts-ignore: decorator
@inline
export function markWay(pc: u32, to: u32, straight: u32): void {
  const at = MARKS + <usize>(pc / INSTRUCTION_BYTES);
  store<u8>(at, load<u8>(at) | <u8>(to == straight ? MARK_NEXT : MARK_ALT));
}
