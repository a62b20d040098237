// Every interleaving of tiny straight-line programs, one after the other: an oracle for exhaustive
// exploration that shares nothing with raceproof, not even the parser. A program is text, "x=1; r0=y": a
// store of a number is one step, a copy is two (the load, the store of what it gave). All words begin as 0.

type Step = { readonly into: string; readonly value: number | undefined } | { readonly from: string };

export interface Enumeration {
  readonly states: number;
  readonly transitions: number;
  readonly schedules: bigint;
  /** By outcome, "1 0": the schedules that give it, and their probability in units of 1 / `denominator`. */
  readonly outcomes: ReadonlyMap<string, { readonly schedules: bigint; readonly weight: bigint }>;
  readonly denominator: bigint;
}

/** Divisible by the number of tasks that may have the choice, so that weights are whole numbers. */
const SHARE = 12;

function steps(program: string): Step[] {
  return program.split(";").flatMap((statement): Step[] => {
    const [into, from] = statement.split("=").map((side) => side.trim()) as [string, string];
    return /^\d+$/.test(from) ? [{ into, value: Number(from) }] : [{ from }, { into, value: undefined }];
  });
}

/** An outcome is the final values of the observed words. */
export function enumerate(programs: readonly string[], observed: readonly string[]): Enumeration {
  if (programs.length > 4) throw new Error("shares are counted for at most four tasks");
  const tasks = programs.map(steps);
  const degrees = new Map<string, number>();
  const outcomes = new Map<string, { schedules: bigint; weight: bigint }>();
  let schedules = 0n;
  const walk = (at: readonly number[], memory: Record<string, number>, held: number[], weight: bigint) => {
    const open = tasks.flatMap((task, t) => (at[t]! < task.length ? [t] : []));
    const words = Object.keys(memory).sort();
    degrees.set(JSON.stringify([at, held, words.map((word) => [word, memory[word]])]), open.length);
    for (const t of open) {
      const step = tasks[t]![at[t]!]!;
      const loads = "from" in step;
      const stored = loads ? {} : { [step.into]: step.value ?? held[t]! };
      walk(
        at.with(t, at[t]! + 1),
        { ...memory, ...stored },
        held.with(t, loads ? (memory[step.from] ?? 0) : -1),
        weight * BigInt(SHARE / open.length),
      );
    }
    if (open.length > 0) return;
    const outcome = observed.map((word) => memory[word] ?? 0).join(" ");
    const before = outcomes.get(outcome) ?? { schedules: 0n, weight: 0n };
    outcomes.set(outcome, { schedules: before.schedules + 1n, weight: before.weight + weight });
    schedules++;
  };
  walk(
    tasks.map(() => 0),
    {},
    tasks.map(() => -1),
    1n,
  );
  const transitions = [...degrees.values()].reduce((sum, degree) => sum + degree, 0);
  const length = tasks.reduce((sum, task) => sum + task.length, 0);
  return {
    states: degrees.size,
    transitions,
    schedules,
    outcomes,
    denominator: BigInt(SHARE) ** BigInt(length),
  };
}
