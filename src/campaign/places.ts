// From an instruction to its place in the source, as a reader of the code under test sees it.

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
