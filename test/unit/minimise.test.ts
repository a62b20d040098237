// Goal: minimising keeps the violation, never gets worse, reaches the optimum where it is known, and ends.
// Method: a machine of a few lines, whose violation is a pattern over the order of steps; random schedules.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Outcome, Violation } from "../../assembly/abi.ts";
import { asCandidate } from "../../src/campaign/findings.ts";
import { isBetter, runCandidate, type Target } from "../../src/campaign/guided.ts";
import type { StepMachine } from "../../src/campaign/machine.ts";
import { minimise } from "../../src/campaign/minimise.ts";
import type { RawViolation } from "../../src/engine/engine.ts";

/** Tasks of so many steps each; fails at the end of the step after which `fails` holds of the order. */
class Toy implements StepMachine {
  readonly #lengths: readonly number[];
  readonly #fails: (order: string) => boolean;
  #order = "";
  #done: number[] = [];
  #stepsMax = 0;
  steps = 0;

  constructor(lengths: readonly number[], fails: (order: string) => boolean) {
    this.#lengths = lengths;
    this.#fails = fails;
  }
  begin(stepsMax: number): void {
    this.#order = "";
    this.#stepsMax = stepsMax;
    this.#done = this.#lengths.map(() => 0);
  }
  #limited(): boolean {
    return this.#order.length >= this.#stepsMax;
  }
  runnable(): number {
    if (this.#fails(this.#order) || this.#limited()) return 0;
    return this.#lengths.reduce((mask, length, i) => mask | (this.#done[i]! < length ? 1 << i : 0), 0);
  }
  step(slot: number): void {
    this.#done[slot]!++;
    this.#order += String.fromCharCode(97 + slot);
    this.steps++;
  }
  outcome(): number {
    if (this.#fails(this.#order) || this.#limited()) return Outcome.VIOLATED;
    return Outcome.RUNNING;
  }
  finish(): void {
    this.#stepsMax = 0;
  }
  violations(): RawViolation[] {
    if (!this.#fails(this.#order)) return [];
    return [
      { kind: Violation.BUG, detail: 0, site: 0, task: 0, class: -1, other: -1, step: this.#order.length },
    ];
  }
  choicesUsed(): number {
    return 0;
  }
}

const target: Target = { kind: Violation.BUG, matches: (v) => v.kind === Violation.BUG };

describe("minimise", () => {
  it("finds the one preemption that is needed in a long run of many switches", () => {
    // Task a must be stopped after its third step, and b must run five steps before a goes on. Letting b run
    // to its end takes more steps but saves a preemption: switching away from a task that ended is none.
    const needs = (order: string) => {
      const at = order.split("a");
      return at.length >= 5 && (at[3]!.match(/b/g) ?? []).length >= 5;
    };
    const machine = new Toy([20, 20, 20], needs);
    const picks = [..."cabcabcacbbbcbbcbabcabc"].map((letter) => letter.charCodeAt(0) - 97);
    const result = minimise(machine, 1000, asCandidate({ picks, choices: [] }), target)!;
    expect(result.before.preemptions).toBeGreaterThan(10);
    expect(result.after.picks.map((slot) => "abc"[slot]).join("")).toBe(`aaa${"b".repeat(20)}a`);
    expect(result.after.preemptions).toBe(1);
    expect(result.complete).toBe(true);
  });

  it("drops a preemption that local changes cannot, by going through all smaller schedules", () => {
    // Fails in one order only without preemption (b c a, each to its end), and in a preempted one.
    const needs = (order: string) => order === "bbccaa" || order.startsWith("ababc");
    const machine = new Toy([2, 2, 2], needs);
    const result = minimise(machine, 1000, asCandidate({ picks: [0, 1, 0, 1, 2], choices: [] }), target)!;
    expect(result.after.preemptions).toBe(0);
    expect(result.after.picks).toEqual([1, 1, 2, 2, 0, 0]);
  });

  it("never returns a worse schedule, and always one that fails", () => {
    const lengths = [4, 4, 4];
    const order = fc.shuffledSubarray([0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2], { minLength: 12, maxLength: 12 });
    const pattern = fc.stringMatching(/^[abc]{3}$/);
    fc.assert(
      fc.property(order, pattern, (picks, wanted) => {
        // The letters of the pattern one after the other, other steps in between.
        const needs = (run: string) => new RegExp([...wanted].join(".*")).test(run);
        const machine = new Toy(lengths, needs);
        const result = minimise(machine, 1000, asCandidate({ picks, choices: [] }), target);
        const before = runCandidate(machine, 1000, asCandidate({ picks, choices: [] }), target);
        if (result === null) {
          expect(before.hit).toBe(false);
          return;
        }
        expect(isBetter(before, result.after)).toBe(false);
        const again = runCandidate(machine, 1000, asCandidate(result.after), target);
        expect(again.hit).toBe(true);
        expect(again.picks).toEqual(result.after.picks);
      }),
      { seed: 42, numRuns: 200 },
    );
  });

  it("ends when its budget does, with what it has", () => {
    const machine = new Toy([500, 500, 500], (order) => order.endsWith("abcabcabc") && order.length > 900);
    const picks = Array.from({ length: 1500 }, (_, i) => i % 3);
    const result = minimise(machine, 10_000, asCandidate({ picks, choices: [] }), target, 50_000)!;
    expect(result.complete).toBe(false);
    expect(machine.steps).toBeLessThan(55_000);
    expect(isBetter(result.before, result.after)).toBe(false);
  });
});
