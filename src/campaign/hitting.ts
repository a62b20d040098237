// The smallest set of candidates of which every exception breaks at least one (a minimum hitting set): by
// iterative deepening, always branching on the exception that the fewest candidates answer for.

/** Branches that one question may take. */
const BRANCHES_MAX = 300_000;

/**
 * `breaks[c]` has a bit for each exception that candidate c answers for; `exceptions` is their number.
 * Indexes of a smallest set of at most `most`, the earlier ones first; null where there is none; undefined
 * where that was not decided.
 */
export function smallestHitting(
  breaks: readonly bigint[],
  exceptions: number,
  most: number,
): number[] | null | undefined {
  const candidates = undominated(breaks);
  const all = (1n << BigInt(exceptions)) - 1n;
  const budget = { left: BRANCHES_MAX };
  for (let size = 0; size <= most; size++) {
    const found = cover(breaks, candidates, all, size, budget);
    if (found !== null) return found;
    if (budget.left <= 0) return undefined;
  }
  return null;
}

/** Candidates that no other one answers for more than, nor an earlier one for as much. */
function undominated(breaks: readonly bigint[]): number[] {
  const first = new Map<bigint, number>();
  breaks.forEach((mask, c) => {
    if (mask !== 0n && !first.has(mask)) first.set(mask, c);
  });
  const masks = [...first.keys()];
  return masks
    .filter((mask) => !masks.some((other) => other !== mask && (mask & ~other) === 0n))
    .map((mask) => first.get(mask)!);
}

function cover(
  breaks: readonly bigint[],
  candidates: readonly number[],
  open: bigint,
  size: number,
  budget: { left: number },
): number[] | null {
  if (open === 0n) return [];
  if (size === 0 || budget.left-- <= 0) return null;
  for (const c of rarest(breaks, candidates, open)) {
    const rest = cover(breaks, candidates, open & ~breaks[c]!, size - 1, budget);
    if (rest !== null) return [c, ...rest];
  }
  return null;
}

/** The candidates that answer for the open exception which the fewest answer for. */
function rarest(breaks: readonly bigint[], candidates: readonly number[], open: bigint): number[] {
  let best: number[] | null = null;
  for (let rest = open, bit = 1n; rest !== 0n; rest >>= 1n, bit <<= 1n) {
    if ((rest & 1n) === 0n) continue;
    const own = candidates.filter((c) => (breaks[c]! & bit) !== 0n);
    if (best === null || own.length < best.length) best = own;
  }
  return best ?? [];
}
