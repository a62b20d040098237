// Counts of many classes in little room, merged in any order with the same result. Whether a class is kept
// depends on its hash alone, so whoever keeps it has all of its occurrences; and the level of a union is the
// lowest at which the union is small enough, whatever levels the parts had.

import { CLASS_COUNT_MAX, HASH_BITS, type RawClasses, type RawMembers } from "../engine/coverage.ts";

export const noClasses: RawClasses = { level: 0, members: {} };

/** What is met of a class at this level: hashes below this. */
export function hashesBelow(level: number): number {
  return 2 ** (HASH_BITS - level);
}

/** Occurrences of one kind, at most so many classes. */
export function classesOf(kind: string, met: readonly number[], most: number): RawClasses {
  const counts = new Map<number, number>();
  for (const hash of met) counts.set(hash, Math.min(CLASS_COUNT_MAX, (counts.get(hash) ?? 0) + 1));
  const hashes = [...counts.keys()].sort((a, b) => a - b);
  if (hashes.length === 0) return noClasses;
  const members = { hashes, counts: hashes.map((hash) => counts.get(hash)).join("") };
  return fitted({ level: 0, members: { [kind]: members } }, most);
}

/** `most` must be what both were made with. */
export function mergeClasses(a: RawClasses, b: RawClasses, most: number): RawClasses {
  const level = Math.max(a.level, b.level);
  const members: Record<string, RawMembers> = {};
  for (const kind of [...new Set([...Object.keys(a.members), ...Object.keys(b.members)])].sort()) {
    const below = hashesBelow(level);
    members[kind] = union(cut(a.members[kind], below), cut(b.members[kind], below));
  }
  return fitted({ level, members }, most);
}

/** The same at the lowest level, from its own on, at which there are at most so many. */
function fitted({ level, members }: RawClasses, most: number): RawClasses {
  let at = level;
  let kept = members;
  const size = (): number => Object.values(kept).reduce((sum, { hashes }) => sum + hashes.length, 0);
  while (size() > most) {
    const below = hashesBelow(++at);
    kept = Object.fromEntries(Object.entries(kept).map(([kind, each]) => [kind, cut(each, below)]));
  }
  const some = Object.entries(kept).filter(([, { hashes }]) => hashes.length > 0);
  return { level: at, members: Object.fromEntries(some) };
}

const NONE: RawMembers = { hashes: [], counts: "" };

function cut(members: RawMembers = NONE, below: number): RawMembers {
  const { hashes, counts } = members;
  let end = hashes.length;
  while (end > 0 && hashes[end - 1]! >= below) end--;
  return end === hashes.length ? members : { hashes: hashes.slice(0, end), counts: counts.slice(0, end) };
}

function union(a: RawMembers, b: RawMembers): RawMembers {
  if (a.hashes.length === 0) return b;
  if (b.hashes.length === 0) return a;
  const hashes: number[] = [];
  let counts = "";
  for (let i = 0, j = 0; i < a.hashes.length || j < b.hashes.length; ) {
    const [x, y] = [a.hashes[i] ?? Number.POSITIVE_INFINITY, b.hashes[j] ?? Number.POSITIVE_INFINITY];
    hashes.push(Math.min(x, y));
    const count = (x <= y ? Number(a.counts[i++]) : 0) + (y <= x ? Number(b.counts[j++]) : 0);
    counts += Math.min(CLASS_COUNT_MAX, count);
  }
  return { hashes, counts };
}
