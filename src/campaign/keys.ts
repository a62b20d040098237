// Dedupe keys: which raw violations are one finding.
// Key = kind + place of the offending step + object class + place of the other side; never the schedule.

import { Violation } from "../../assembly/abi.ts";
import type { RawFinding, RawTally } from "../engine/engine.ts";
import type { Program } from "../model/program.ts";
import { sitePlace } from "./places.ts";
import type { SourcePlace, ViolationKind } from "./summary.ts";
import { groupOf, kindName, type Raw, titleOf } from "./titles.ts";

export function keyOf(program: Program, raw: Raw): string {
  const place = sitePlace(program, raw.site);
  // Where a run that never ends happens to be cut off is chance: its function is all that tells it apart.
  const at = raw.kind === Violation.STEP_LIMIT ? (place?.function ?? "") : placeKey(place);
  const other = raw.other < 0 ? "" : placeKey(sitePlace(program, raw.other));
  return [kindName(raw.kind), at, objectOf(program, raw), other].join(" | ");
}

/** Class of the object that a violation is about, "" where there is none. */
export function objectOf({ symbols }: Program, raw: Pick<Raw, "class">): string {
  return symbols.classes[raw.class]?.name ?? "";
}

function placeKey(place: SourcePlace | undefined): string {
  return place === undefined ? "" : `${place.file}:${place.line}:${place.column} ${place.function}()`;
}

/** Findings of one key: the raw findings at different instructions of the same source are one. */
export interface FindingGroup {
  readonly key: string;
  readonly kind: ViolationKind;
  readonly title: string;
  /** Coarser than the key: what a reader takes for one bug. */
  readonly group: string;
  readonly raw: RawFinding;
  readonly count: number;
  readonly first: number;
}

/** Ordered by the schedule that showed each first, then by key. */
export function groupFindings(
  program: Program,
  tally: Pick<RawTally, "findings" | "schedules">,
): FindingGroup[] {
  const groups = new Map<string, FindingGroup>();
  for (const raw of tally.findings) {
    const key = keyOf(program, raw);
    const known = groups.get(key);
    const earlier = known === undefined || raw.first < known.first ? raw : known.raw;
    groups.set(key, {
      key,
      kind: kindName(raw.kind),
      title: titleOf(program, earlier),
      group: groupOf(program, earlier),
      raw: earlier,
      // One schedule may show a key at two instructions (a WARN goes on): never more than all schedules.
      count: Math.min((known?.count ?? 0) + raw.count, tally.schedules),
      first: earlier.first,
    });
  }
  return [...groups.values()].sort((a, b) => a.first - b.first || (a.key < b.key ? -1 : 1));
}

/** How many bugs a reader takes these findings for. */
export function countGroups(findings: readonly { readonly group: string }[]): number {
  return new Set(findings.map((finding) => finding.group)).size;
}
