// What the runtime has to know of a program (assembly/lanes/runtime.ts), as text: how many there are of what,
// where tasks stand, how schedules begin.

import type { Layout } from "./layout.ts";
import type { Leaf, Network, Tree } from "./network.ts";
import type { Profile } from "./profile.ts";

/** Vectors of which there is room for the lanes that are set aside (assembly/lanes/memory.ts). */
const ASIDE_MAX = 8000;

export function tables(network: Network, layout: Layout, walks: Profile, drawn: number): string[] {
  const constants = [
    ["TASKS", network.tasks.length],
    ["THREADS", network.tasks.filter((t) => t.kind === 0).length],
    ["FINDINGS", network.findings.length],
    ["VECTORS", layout.vectors.length],
    ["DRAWN", drawn],
  ] as const;
  const pcs = layout.vectors.map(() => -1);
  for (const task of network.tasks) for (const at of task.locations) pcs[layout.location(at)] = at.pc;
  const table = (name: string, values: readonly number[]): string =>
    `export const ${name}: usize = memory.data<i32>([${values.join(", ")}]);`;
  return [
    ...constants.map(([name, value]) => `export const ${name}: u32 = ${value};`),
    "/** The first of the vectors that say whether a lane has shown a finding. */",
    `export const FOUND_VECTORS: usize = STATE + ${16 * layout.found};`,
    `export const MAY_DROP: bool = ${mayDrop(network)};`,
    "/** Schedules begin when all lanes are done, not one by one. */",
    `export const TOGETHER: bool = ${walks.together};`,
    "/** When half of them are done, the others are put together with those of the next ones. */",
    `export const THINS: bool = ${walks.thins && layout.vectors.length <= ASIDE_MAX};`,
    "/** Of each task: the vector of its not existing, behind it those of its locations; their number. */",
    table(
      "IDLES",
      network.tasks.map((t) => layout.idle(t)),
    ),
    table(
      "LOCATIONS",
      network.tasks.map((t) => t.locations.length),
    ),
    "/** Of each vector of a location: the instruction. */",
    table("PCS", pcs),
  ];
}

function mayDrop(network: Network): boolean {
  const drops = (tree: Tree<Leaf>): boolean =>
    "leaf" in tree ? tree.leaf.end === "dropped" : tree.branches.some((b) => drops(b.below));
  const trees = network.tasks.flatMap((task) => task.locations.map((at) => at.step!));
  return [...trees, ...network.always, ...network.atEnd].some(drops);
}
