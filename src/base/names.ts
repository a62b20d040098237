// "Did you mean": the names nearest to one that is unknown.

/** Up to `most` of `names`, nearest first; empty where none is near. */
export function nearest(name: string, names: readonly string[], most = 3): string[] {
  const limit = Math.max(2, Math.floor(name.length / 2));
  return names
    .map((candidate) => ({ candidate, distance: distance(name, candidate) }))
    .filter((c) => c.distance <= limit || c.candidate.includes(name))
    .sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, most)
    .map((c) => c.candidate);
}

/** Edits (insert, delete, replace) between two strings. Both are cut at 80 characters. */
function distance(left: string, right: string): number {
  const a = left.slice(0, 80);
  const b = right.slice(0, 80);
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
