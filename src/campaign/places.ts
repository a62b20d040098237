// From an instruction to its place in the source, as a reader of the code under test sees it.

import {
  IMAGE_CHECKS,
  IMAGE_FUNCTIONS,
  IMAGE_HEADER_WORDS,
  IMAGE_INSTRUCTIONS,
  IMAGE_THREADS,
  INSTRUCTION_BYTES,
  JUMP_MASK,
} from "../../assembly/abi.ts";
import { isHeader } from "../model/headers.ts";
import type { Place, PlaceId } from "../model/ir.ts";
import type { Program } from "../model/program.ts";
import type { SourcePlace } from "./summary.ts";

/**
 * The source place of an instruction as the code under test sees it: macros and wrappers of the kernel's
 * headers (models/include) are left out, so that a finding names their caller. Undefined where there is none.
 */
export function sitePlace(program: Program, site: number): SourcePlace | undefined {
  const id = program.sourceMap[site];
  if (id === undefined || id < 0) return undefined;
  const frames = placesOf(program, id);
  return frames.find((place) => !isHeader(place.file)) ?? frames[0];
}

/** The place and the calls it was inlined through, innermost first. */
export function placesOf(program: Program, id: PlaceId): SourcePlace[] {
  const { files, places } = program.symbols;
  const frames: SourcePlace[] = [];
  const seen = new Set<PlaceId>();
  for (let at = id; at >= 0 && !seen.has(at); ) {
    seen.add(at);
    const place: Place | undefined = places[at];
    if (place === undefined) break;
    const { line, column, text } = place;
    frames.push({ file: files[place.file] ?? "?", line, column, function: place.function, text });
    at = place.caller;
  }
  return frames;
}

/**
 * Whether an instruction is of an always() or at_end(). The image has the code of checks behind that of the
 * threads and before that of kworkers and callbacks.
 */
export function isOfCheck({ words }: Program, site: number): boolean {
  const instructions = words[IMAGE_INSTRUCTIONS]!;
  const checks = IMAGE_HEADER_WORDS + 4 * instructions + words[IMAGE_THREADS]!;
  const functions = checks + words[IMAGE_CHECKS]!;
  const starts = (from: number, to: number): number[] =>
    [...words.subarray(from, to)].map((jump) => (jump & JUMP_MASK) / INSTRUCTION_BYTES);
  const bodies = starts(functions, functions + words[IMAGE_FUNCTIONS]!).filter((start) => start > 0);
  const first = Math.min(...starts(checks, functions));
  return site >= first && site < Math.min(instructions, ...bodies);
}
