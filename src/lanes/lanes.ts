// The door: from a program to the source of its lanes, or the reason why it has none.

import { coalesce } from "./coalesce.ts";
import { deriveNetwork } from "./derive.ts";
import { emitLanes } from "./emit.ts";
import { merge } from "./merge.ts";
import { narrow } from "./narrow.ts";
import { type Network, Unfit } from "./network.ts";
import type { Rule } from "./rank.ts";
import { simplify } from "./simplify.ts";
import type { StartMachine } from "./start.ts";

/** What the binding needs to know besides the compiled module; LanesCode (src/engine/lanes.ts) has this. */
export interface LanesTables {
  readonly rule: Rule;
  readonly findings: readonly {
    readonly kind: number;
    readonly detail: number;
    readonly site: number;
    readonly class: number;
    readonly other: number;
  }[];
  readonly tasks: readonly {
    readonly kind: number;
    readonly fn: number;
    readonly argument: number;
    readonly queue: number;
  }[];
  readonly allocations: Network["allocations"];
  readonly choiceBits: readonly number[];
  readonly contested: number;
}

export interface LanesSource {
  /** AssemblyScript, to be compiled with the files of assembly/lanes/. */
  readonly text: string;
  readonly tables: LanesTables;
  readonly tasks: number;
  readonly locations: number;
  readonly vectors: number;
}

/** Findings and vectors that the memory of a module has room for (assembly/lanes/memory.ts). */
const FINDINGS_MAX = 4000;
const VECTORS_MAX = 30_000;

/** A machine, of which practice can be asked too: most steps of a schedule at which several can step. */
export interface LanesMachine extends StartMachine {
  practice(stepsMax: number): { readonly contested: number };
}

/** The machine has the program loaded. */
export function lanesOf(
  machine: LanesMachine,
  words: Uint32Array,
  stepsMax: number,
  title: string,
  rule: Rule,
): LanesSource | { readonly unfit: string } {
  try {
    const network = reduced(simplify(deriveNetwork(machine, words, stepsMax)));
    const { text, layout } = emitLanes(network, title, rule);
    const contested = rule === "pct" ? machine.practice(stepsMax).contested : 0;
    if (network.tasks.length < 1) throw new Unfit("it has no tasks");
    if (network.findings.length > FINDINGS_MAX)
      throw new Unfit(`it can go wrong in ${network.findings.length} ways`);
    if (layout.vectors.length > VECTORS_MAX) throw new Unfit(`a state takes ${layout.vectors.length} bits`);
    return {
      text,
      tables: { ...tablesOf(network, rule), contested },
      tasks: network.tasks.length,
      locations: network.tasks.reduce((sum, task) => sum + task.locations.length, 0),
      vectors: layout.vectors.length,
    };
  } catch (error) {
    if (error instanceof Unfit) return { unfit: error.message };
    throw error;
  }
}

/** The same network with fewer locations, values and tests. */
function reduced(simple: Network): Network {
  let network = simple;
  while (merge(network)) network = simplify(network);
  for (let less = true; less; ) {
    less = narrow(network);
    network = simplify(network);
    for (let fewer = coalesce(network); fewer !== undefined; fewer = coalesce(network)) {
      network = simplify(fewer);
      less = true;
    }
    for (; merge(network); less = true) network = simplify(network);
  }
  return network;
}

function tablesOf(network: Network, rule: Rule): Omit<LanesTables, "contested"> {
  const findings = network.findings.map(({ kind, detail, site, class: cls, other }) => {
    return { kind, detail, site, class: cls, other };
  });
  const tasks = network.tasks.map(({ kind, fn, argument, queue }) => ({ kind, fn, argument, queue }));
  const choiceBits: number[] = [];
  for (const variable of network.variables) {
    if (!variable.drawn) continue;
    const number = Number(variable.name.split(" ").at(-1));
    const bits = Math.log2(variable.domain.length);
    if (choiceBits[number] !== undefined && choiceBits[number] !== bits) {
      throw new Unfit("steps choose() among different numbers of results");
    }
    choiceBits[number] = bits;
  }
  if (choiceBits.length > 2) throw new Unfit("a step calls choose() more than twice");
  // One that has a single result draws nothing, but is counted.
  const widths = Array.from(choiceBits, (bits) => bits ?? 0);
  return { rule, findings, tasks, allocations: network.allocations, choiceBits: widths };
}
