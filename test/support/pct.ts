// pct:D on tasks of which each step can always be taken, written for clarity: every order of the tasks with
// every choice of change points, and so what each schedule's probability is.

/** Of each schedule, a word of tasks, its probability; tasks have so many steps. */
export function exactPct(
  steps: readonly number[],
  depth: number,
  among: number,
): ReadonlyMap<string, number> {
  const orders = permutations(steps.map((_, task) => task));
  const choices = pointsOf(depth - 1, among);
  const exact = new Map<string, number>();
  for (const order of orders) {
    for (const points of choices) {
      const word = schedule(steps, order, points);
      exact.set(word, (exact.get(word) ?? 0) + 1 / (orders.length * choices.length));
    }
  }
  return exact;
}

function permutations(of: readonly number[]): number[][] {
  if (of.length === 0) return [[]];
  return of.flatMap((first) => permutations(of.filter((n) => n !== first)).map((rest) => [first, ...rest]));
}

/** All choices of so many points from 1 to `among`. */
function pointsOf(count: number, among: number): number[][] {
  if (count === 0) return [[]];
  const rest = pointsOf(count - 1, among);
  return Array.from({ length: among }, (_, n) => n + 1).flatMap((point) => rest.map((r) => [point, ...r]));
}

/** The highest first. */
function schedule(steps: readonly number[], order: readonly number[], points: readonly number[]): string {
  const priorities = steps.map((_, task) => points.length + order.length - order.indexOf(task));
  const left = [...steps];
  let counted = 0;
  let word = "";
  const highest = (able: readonly number[]): number =>
    able.reduce((a, b) => (priorities[b]! > priorities[a]! ? b : a));
  for (;;) {
    const able = left.flatMap((n, task) => (n > 0 ? [task] : []));
    if (able.length === 0) return word;
    let top = highest(able);
    if (able.length > 1) {
      counted++;
      points.forEach((point, n) => {
        if (point === counted) priorities[top] = n + 1;
      });
      top = highest(able);
    }
    word += top;
    left[top]!--;
  }
}
