// Applies a schedule to a machine, step by step: what replaying, minimising and verifying have in common.
// Knows no names and no places.

import { Outcome } from "../../assembly/abi.ts";
import type { RawViolation } from "../engine/engine.ts";
import type { StepMachine } from "./machine.ts";

export interface Schedule {
  /** Slot of each step. */
  readonly picks: ArrayLike<number>;
  /** Results of choose(), in the order drawn; beyond them it returns 0. */
  readonly choices: ArrayLike<number>;
}

export interface Observer {
  /** `step` is 1-based; `runnable` the mask of slots that could step. */
  before(step: number, slot: number, runnable: number): void;
  after(step: number, slot: number): void;
}

export interface Applied {
  readonly outcome: number;
  readonly violations: readonly RawViolation[];
  /** Steps that were applied. */
  readonly steps: number;
  /** 1-based step that could not be applied, or null. */
  readonly divergedAt: number | null;
  /** No task could go on and the end checks were made, or a violation ended the run. */
  readonly ended: boolean;
}

export function startRun(machine: StepMachine, stepsMax: number, choices: ArrayLike<number>): void {
  machine.begin(stepsMax, Uint32Array.from(choices));
}

/** Ends a run in which no task can go on: the end checks, or the deadlock. True if the run has ended. */
export function finishRun(machine: StepMachine): boolean {
  if (machine.outcome() === Outcome.RUNNING && machine.runnable() === 0) machine.finish();
  return machine.outcome() !== Outcome.RUNNING;
}

export function applySchedule(
  machine: StepMachine,
  stepsMax: number,
  schedule: Schedule,
  observer?: Observer,
): Applied {
  startRun(machine, stepsMax, schedule.choices);
  let divergedAt: number | null = null;
  let steps = 0;
  while (steps < schedule.picks.length && machine.outcome() === Outcome.RUNNING) {
    const slot = schedule.picks[steps]!;
    const runnable = machine.runnable();
    if ((runnable & (1 << slot)) === 0) {
      divergedAt = steps + 1;
      break;
    }
    steps++;
    observer?.before(steps, slot, runnable);
    machine.step(slot);
    observer?.after(steps, slot);
  }
  const ended = divergedAt === null && finishRun(machine);
  return { outcome: machine.outcome(), violations: machine.violations(), steps, divergedAt, ended };
}

/** Why a run that was applied to its end shows nothing, in words; or undefined where it simply went well. */
export function unusualEnd(applied: Applied): string | undefined {
  if (applied.outcome === Outcome.DROPPED) return "an assume() dropped the run";
  if (applied.outcome === Outcome.LIMIT) return "the run reached a limit of the machine";
  if (!applied.ended) return "the schedule ends before the run does: some tasks had not finished";
  return undefined;
}
