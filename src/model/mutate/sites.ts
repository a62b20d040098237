// What a reader calls an instruction of an inlined body: the call, in the text of the function that he would
// change. Of a single step that is the innermost place outside the kernel's headers. Of a pair it is the
// innermost function that holds all of it: of `lock_it(x); ...; unlock_it(x)` the call of lock_it(), whatever
// that is made of.

import { isHeader } from "../headers.ts";
import type { IrProgram, Place, PlaceId } from "../ir.ts";

/** A place and the calls that it was inlined through, innermost first. */
function framesOf(ir: Pick<IrProgram, "places">, id: PlaceId): Place[] {
  const frames: Place[] = [];
  for (let at = id; at >= 0 && frames.length < ir.places.length; ) {
    const place = ir.places[at];
    if (place === undefined) break;
    frames.push(place);
    at = place.caller;
  }
  return frames;
}

/** Innermost place outside the headers, or the innermost of all. */
export function siteOf(ir: Pick<IrProgram, "places" | "files">, id: PlaceId): Place | undefined {
  return visible(ir, framesOf(ir, id));
}

/** For each of several places of one body its place in the innermost function that holds them all. */
export function commonSites(ir: Pick<IrProgram, "places" | "files">, ids: readonly PlaceId[]): Place[] {
  const chains = ids.map((id) => framesOf(ir, id).reverse());
  const most = Math.min(...chains.map((chain) => chain.length)) - 1;
  let shared = 0;
  while (shared < most && chains.every((chain) => samePlace(chain[shared]!, chains[0]![shared]!))) shared++;
  // Outermost first: from the first place that is not shared outwards.
  return chains.map((chain) => visible(ir, chain.slice(0, shared + 1).reverse())!);
}

function visible(ir: Pick<IrProgram, "files">, frames: readonly Place[]): Place | undefined {
  return frames.find((place) => !isHeader(ir.files[place.file] ?? "")) ?? frames[0];
}

export function samePlace(a: Place, b: Place): boolean {
  return a.file === b.file && a.line === b.line && a.column === b.column && a.function === b.function;
}
