// Whether two samples differ, by their ranks: no distribution is assumed. A run that was given up before it
// was done (censored) counts as longer than any that was not: give it as Infinity. With one budget for all
// runs that is right, not only a convention.

/** Beyond this many pairs the normal approximation is as good as the exact distribution, and quicker. */
const EXACT_PAIRS_MAX = 900;

/**
 * Two-sided p of the Mann-Whitney U test that a and b are drawn from one distribution; ties (and censored
 * runs, which tie with each other) have their mean rank. Exact, by counting all ways to part the ranks, for
 * up to 30 against 30.
 */
export function mannWhitney(a: readonly number[], b: readonly number[]): number {
  const ranks = doubledRanks([...a, ...b]);
  const sum = ranks.slice(0, a.length).reduce((total, r) => total + r, 0);
  if (ranks.every((r) => r === ranks[0])) return 1;
  return a.length * b.length <= EXACT_PAIRS_MAX
    ? exactP(ranks, a.length, sum)
    : normalP(ranks, a.length, sum);
}

/** Twice the rank of each, so that mean ranks of ties stay whole numbers. */
function doubledRanks(values: readonly number[]): number[] {
  const order = values.map((_, n) => n).sort((x, y) => values[x]! - values[y]! || x - y);
  const ranks = new Array<number>(values.length);
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to < order.length && values[order[to]!] === values[order[from]!]) to++;
    for (let n = from; n < to; n++) ranks[order[n]!] = from + to + 1;
    from = to;
  }
  return ranks;
}

/** Share of the ways to choose `size` of the ranks whose sum lies as far from the mean as `sum`. */
function exactP(ranks: readonly number[], size: number, sum: number): number {
  const most = ranks.reduce((total, r) => total + r, 0);
  // ways[k][s]: how many choices of k ranks have the sum s.
  const ways = Array.from({ length: size + 1 }, () => new Float64Array(most + 1));
  ways[0]![0] = 1;
  ranks.forEach((rank, seen) => {
    for (let k = Math.min(size, seen + 1); k > 0; k--) {
      const fewer = ways[k - 1]!;
      const these = ways[k]!;
      for (let s = most; s >= rank; s--) these[s]! += fewer[s - rank]!;
    }
  });
  const mean = (most * size) / ranks.length;
  const distance = Math.abs(sum - mean);
  let as = 0;
  let all = 0;
  ways[size]!.forEach((count, s) => {
    all += count;
    if (Math.abs(s - mean) >= distance - 1e-9) as += count;
  });
  return as / all;
}

/** With the variance of the ranks themselves, which ties make smaller. */
function normalP(ranks: readonly number[], size: number, sum: number): number {
  const n = ranks.length;
  const mean = ranks.reduce((total, r) => total + r, 0) / n;
  const variance = ranks.reduce((total, r) => total + (r - mean) ** 2, 0) / (n - 1);
  const deviation = Math.sqrt((variance * size * (n - size)) / n);
  // Half a rank towards the mean, as the sum is a whole number; ranks are doubled here.
  const distance = Math.max(0, Math.abs(sum - size * mean) - 1);
  return erfc(distance / deviation / Math.SQRT2);
}

/** Abramowitz and Stegun 7.1.26: off by at most 1.5e-7. */
function erfc(x: number): number {
  const t = 1 / (1 + 0.3275911 * x);
  const poly =
    t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return poly * Math.exp(-x * x);
}

/** Holm: what each p is when all of them are looked at together. */
export function holm(ps: readonly number[]): number[] {
  const order = ps.map((_, n) => n).sort((a, b) => ps[a]! - ps[b]!);
  const corrected = new Array<number>(ps.length);
  let least = 0;
  order.forEach((n, rank) => {
    least = Math.max(least, Math.min(1, ps[n]! * (ps.length - rank)));
    corrected[n] = least;
  });
  return corrected;
}
