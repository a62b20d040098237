// What a sample of schedules covered, as plain values that JSON can carry; src/work/classes.ts and
// src/work/coverage.ts merge them.

/** Classes of one kind that were met: hashes in ascending order, and a digit for each. */
export interface RawMembers {
  readonly hashes: readonly number[];
  /** How often each was met, up to CLASS_COUNT_MAX: more is not told apart. */
  readonly counts: string;
}

/**
 * Which of many classes (behaviours, states) were met, in bounded room: only those whose hash is below
 * 2^(HASH_BITS - level), one class in 2^level. The level is the lowest at which there are few enough of them
 * (adaptive sampling: Wegman; Flajolet, Computing 43, 1990).
 */
export interface RawClasses {
  readonly level: number;
  /** By sampler, or under ALL. */
  readonly members: Readonly<Record<string, RawMembers>>;
}

/** Bits of a class's hash: it must stay exact in a double. */
export const HASH_BITS = 48;
export const CLASS_COUNT_MAX = 3;
/** Where it does not matter who drew them. */
export const ALL = "all";

/** Members of all kinds together: with all else less than 16 KB of JSON. */
export const BEHAVIOURS_MAX = 512;
export const STATES_MAX = 192;

export interface RawCoverage {
  /** Schedules that were looked at, by the Strategy that drew them; what assume() dropped is left out. */
  readonly schedules: Readonly<Record<string, number>>;
  /** By Strategy. */
  readonly behaviours: RawClasses;
  /** Under ALL: the states that the schedules went through, and those in which they ended. */
  readonly states: RawClasses;
  readonly ends: RawClasses;
  /** Two bits an instruction (MARK_NEXT, MARK_ALT), the first in the lowest of each byte; base64. */
  readonly marks: string;
}
