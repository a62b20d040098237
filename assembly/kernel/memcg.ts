// The reference count of a cgroup subsystem state (a percpu_ref): killing it drops no reference but makes
// every later tryget_online fail. What the kernel composes of this (removal, look-up, release) is C under
// models/lib.

import { CSS_DEAD, CSS_REFS, Detail, Violation } from "../abi";
import { cellGet, cellSet, structUsable, violate, violateObject } from "../machine/state";

const CSS_CELLS: u32 = CSS_DEAD + 1;

/** 1 and one more reference unless there is none left, or with `online` unless the css was killed. */
export function cssTryget(css: u32, online: bool, slot: u32, site: u32): u32 {
  if (!structUsable(css, CSS_CELLS, slot, site)) return 0;
  const refs = cellGet(css + CSS_REFS);
  if (refs == 0 || (online && cellGet(css + CSS_DEAD))) return 0;
  cellSet(css + CSS_REFS, refs + 1);
  return 1;
}

export function cssGet(css: u32, slot: u32, site: u32): void {
  if (!structUsable(css, CSS_CELLS, slot, site)) return;
  const refs = cellGet(css + CSS_REFS);
  if (refs == 0) violateObject(Violation.REFCOUNT, Detail.FROM_ZERO, slot, site, css);
  else cellSet(css + CSS_REFS, refs + 1);
}

/** 1 if the last reference went. */
export function cssPut(css: u32, slot: u32, site: u32): u32 {
  if (!structUsable(css, CSS_CELLS, slot, site)) return 0;
  const refs = cellGet(css + CSS_REFS);
  if (refs == 0) {
    violateObject(Violation.REFCOUNT, Detail.UNDERFLOW, slot, site, css);
    return 0;
  }
  cellSet(css + CSS_REFS, refs - 1);
  return refs == 1 ? 1 : 0;
}

export function cssKill(css: u32, slot: u32, site: u32): void {
  if (!structUsable(css, CSS_CELLS, slot, site)) return;
  if (cellGet(css + CSS_DEAD)) violate(Violation.WARN, Detail.KILLED_TWICE, slot, site, -1, -1);
  cellSet(css + CSS_DEAD, 1);
}
