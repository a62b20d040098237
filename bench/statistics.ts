// What bench/run.ts computes from its rounds, and the table that it prints.

export interface Row {
  readonly scenario: string;
  readonly engine: string;
  readonly workers: number;
  readonly schedulesPerSecond: number;
  readonly stepsPerSecond: number;
  readonly stepsPerSchedule: number;
  readonly warnPercent: number;
  readonly useAfterFreePercent: number;
}

/** z of the difference of two rates. */
export function zScore(a: number, n: number, b: number, m: number): number {
  const p = (a + b) / (n + m);
  const deviation = Math.sqrt(p * (1 - p) * (1 / n + 1 / m));
  return deviation === 0 ? 0 : (a / n - b / m) / deviation;
}

export function print(rows: readonly Row[]): void {
  const line = (cells: readonly string[]): string =>
    cells.map((text, n) => (n < 2 ? text.padEnd([15, 10][n]!) : text.padStart(11))).join(" ");
  console.log(line(["scenario", "engine", "workers", "M sched/s", "M steps/s", "steps", "WARN %", "UAF %"]));
  for (const r of rows) {
    console.log(
      line([
        r.scenario,
        r.engine,
        String(r.workers),
        (r.schedulesPerSecond / 1e6).toFixed(3),
        (r.stepsPerSecond / 1e6).toFixed(1),
        r.stepsPerSchedule.toFixed(2),
        r.warnPercent.toFixed(4),
        r.useAfterFreePercent.toFixed(4),
      ]),
    );
  }
}
