// --why of a proved scenario: each of its protections left out in turn, with a line of progress for it.

import type { ExploreRules } from "../campaign/explore.ts";
import { type ProtectionOptions, protectionsOf } from "../campaign/protection.ts";
import type { Summary } from "../campaign/summary.ts";
import type { Engine } from "../engine/engine.ts";
import type { IrProgram } from "../model/ir.ts";
import type { Program } from "../model/program.ts";
import { writeError } from "./output.ts";
import type { UiMode } from "./values.ts";

/**
 * Who asks for the orders that force a finding waits for some minutes where a scenario has so many states.
 */
export const WHY_STATES_MAX = 2_000_000;
/** Of a scenario without one of its protections; with so many it takes some seconds. */
const WITHOUT_STATES_MAX = 500_000;
const WITHOUT_BYTES = 96 << 20;

export interface WhyMeans extends Pick<ProtectionOptions, "machineFor"> {
  readonly rules: ExploreRules;
  readonly ui: UiMode;
  readonly signal: AbortSignal;
}

/** The engine with another program. */
export function loaded(engine: Engine, program: Program): Engine {
  engine.load(program.words);
  return engine;
}

/** Of a scenario that is not proved nothing more is said. */
export async function withProtections<S extends Summary>(
  summary: S,
  ir: IrProgram,
  { machineFor, rules, ui, signal }: WhyMeans,
): Promise<S> {
  if (summary.verdict !== "proved") return summary;
  const protections = await protectionsOf({
    ir,
    known: new Set<string>(),
    machineFor,
    rules: {
      stepsMax: rules.stepsMax,
      bytes: Math.min(rules.bytes, WITHOUT_BYTES),
      statesMax: WITHOUT_STATES_MAX,
    },
    signal,
    ...(ui === "none" ? {} : { onProgress: progressLines(summary.model.scenario) }),
  });
  return { ...summary, protections };
}

const LINE_MS = 2000;

function progressLines(scenario: string): (site: number, of: number) => void {
  let at = performance.now();
  return (site, of) => {
    if (performance.now() - at < LINE_MS) return;
    at = performance.now();
    writeError(`  ${scenario}: left out ${site} of ${of} protections in turn`);
  };
}
