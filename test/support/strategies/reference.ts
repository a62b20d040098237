// The strategies once more, written for clarity from their papers and from the departures that the files of
// assembly/schedule/ state: slow, and sharing nothing with the engine but the numbers that are drawn.

import { MEMBER_STEPS_SHIFT, MEMBER_STRATEGY_MASK, Strategy } from "../../../assembly/abi.ts";
import { below, counterOf, mix, Numbers } from "./generator.ts";
import type { Practised } from "./practised.ts";
import { conflict, type Touch } from "./touches.ts";

/** What a strategy sees before a step; slots ascending. */
export interface View {
  readonly runnable: readonly number[];
  readonly live: readonly number[];
  touch(slot: number): Touch;
}

export interface Sampler {
  pick(view: View): number;
}

export function sampler(member: number, seed: bigint, schedule: number, practice: Practised): Sampler {
  const counter = counterOf(seed, schedule);
  const parameter = (member >>> 8) & 0xff;
  switch (member & MEMBER_STRATEGY_MASK) {
    case Strategy.RANDOM:
      return new RandomWalk(counter);
    case Strategy.PCT:
      return new Pct(counter, parameter, member >>> MEMBER_STEPS_SHIFT || practice.contested);
    case Strategy.POS:
      return new Pos(counter);
    case Strategy.STICKY:
      return new Sticky(counter, parameter);
    case Strategy.URW:
      return new Urw(counter, practice);
    case Strategy.SURW:
      return new Surw(counter, practice);
  }
  throw new RangeError(`no reference for strategy ${member}`);
}

class RandomWalk implements Sampler {
  readonly #numbers: Numbers;
  constructor(counter: bigint) {
    this.#numbers = new Numbers(counter);
  }
  pick({ runnable }: View): number {
    return runnable[below(this.#numbers.next(), runnable.length)]!;
  }
}

class Sticky implements Sampler {
  readonly #numbers: Numbers;
  readonly #percent: number;
  #last = -1;
  constructor(counter: bigint, percent: number) {
    this.#numbers = new Numbers(counter).skip();
    this.#percent = percent;
  }
  pick({ runnable }: View): number {
    const drawn = this.#numbers.next();
    const lower = (drawn & 0xffffffffn) << 32n;
    const stays = below(lower, 100) < this.#percent && runnable.includes(this.#last);
    if (!stays) this.#last = runnable[below(drawn, runnable.length)]!;
    return this.#last;
  }
}

/** A priority for each slot, from a stream of numbers for each. */
class Priorities {
  readonly #counter: bigint;
  readonly #streams = new Map<number, Numbers>();
  readonly #priorities = new Map<number, bigint>();
  #present: readonly number[] = [];
  constructor(counter: bigint) {
    this.#counter = counter;
  }
  /** Draws for the tasks that are new, and gives them. */
  meet(live: readonly number[]): number[] {
    const fresh = live.filter((slot) => !this.#present.includes(slot));
    this.#present = live;
    for (const slot of fresh) this.draw(slot);
    return fresh;
  }
  draw(slot: number): void {
    const start = mix(this.#counter + BigInt(slot + 1) * 0xd1342543de82ef95n);
    const stream = this.#streams.get(slot) ?? new Numbers(start);
    this.#streams.set(slot, stream);
    // Above all levels, and no two alike.
    this.#priorities.set(slot, (1n << 63n) | ((stream.next() >> 4n) << 4n) | BigInt(slot));
  }
  set(slot: number, level: number): void {
    this.#priorities.set(slot, BigInt(level));
  }
  highest(slots: readonly number[]): number {
    return slots.reduce((a, b) => (this.#priorities.get(b)! > this.#priorities.get(a)! ? b : a));
  }
}

class Pct implements Sampler {
  readonly #priorities: Priorities;
  readonly #points: readonly number[];
  #counted = 0;
  constructor(counter: bigint, depth: number, among: number) {
    this.#priorities = new Priorities(counter);
    const numbers = new Numbers(counter).skip();
    this.#points = Array.from({ length: depth - 1 }, () => 1 + below(numbers.next(), among));
  }
  pick({ runnable, live }: View): number {
    this.#priorities.meet(live);
    if (runnable.length > 1) {
      this.#counted++;
      const highest = this.#priorities.highest(runnable);
      this.#points.forEach((point, i) => {
        if (point === this.#counted) this.#priorities.set(highest, i + 1);
      });
    }
    return this.#priorities.highest(runnable);
  }
}

class Pos implements Sampler {
  readonly #priorities: Priorities;
  constructor(counter: bigint) {
    this.#priorities = new Priorities(counter);
  }
  pick({ runnable, live, touch }: View): number {
    this.#priorities.meet(live);
    const picked = this.#priorities.highest(runnable);
    const own = touch(picked);
    for (const slot of live) {
      if (slot === picked || conflict(own, touch(slot))) this.#priorities.draw(slot);
    }
    return picked;
  }
}

/** A choice in proportion to weights. */
class Weights {
  readonly #numbers: Numbers;
  readonly #weights = new Map<number, number>();
  constructor(counter: bigint) {
    this.#numbers = new Numbers(counter).skip();
  }
  below(bound: number): number {
    return below(this.#numbers.next(), bound);
  }
  get(slot: number): number {
    return this.#weights.get(slot) ?? 0;
  }
  set(slot: number, weight: number): void {
    this.#weights.set(slot, weight);
  }
  pick(slots: readonly number[]): number {
    const tickets = slots.flatMap((slot) => new Array<number>(Math.max(this.get(slot), 1)).fill(slot));
    return tickets[this.below(tickets.length)]!;
  }
}

class Urw implements Sampler {
  readonly #weights: Weights;
  readonly #practice: Practised;
  #present: readonly number[] = [];
  constructor(counter: bigint, practice: Practised) {
    this.#weights = new Weights(counter);
    this.#practice = practice;
  }
  pick({ runnable, live }: View): number {
    for (const slot of live.filter((s) => !this.#present.includes(s))) {
      this.#weights.set(slot, this.#practice.steps(slot));
    }
    this.#present = live;
    const picked = this.#weights.pick(runnable);
    this.#weights.set(picked, Math.max(1, this.#weights.get(picked) - 1));
    return picked;
  }
}

class Surw implements Sampler {
  readonly #priorities: Priorities;
  readonly #weights: Weights;
  readonly #practice: Practised;
  readonly #target: number;
  #turn = -1;
  #held: number[] = [];
  constructor(counter: bigint, practice: Practised) {
    this.#priorities = new Priorities(counter);
    this.#weights = new Weights(counter ^ 0x2545f4914f6cdd1dn);
    this.#practice = practice;
    const tickets = practice.targets.flatMap(({ cell, times }) => new Array<number>(times).fill(cell));
    this.#target = tickets.length === 0 ? 0 : tickets[this.#weights.below(tickets.length)]!;
  }
  pick({ runnable, live, touch }: View): number {
    for (const slot of this.#priorities.meet(live)) {
      this.#weights.set(slot, this.#target === 0 ? 0 : this.#practice.cellSteps(this.#target, slot));
    }
    if (!live.includes(this.#turn)) this.#turn = -1;
    for (;;) {
      let free = runnable.filter((slot) => !this.#held.includes(slot));
      if (free.length === 0) {
        this.#turn = this.#weights.pick(runnable);
        this.#held = [];
        free = [this.#turn];
      }
      const slot = this.#priorities.highest(free);
      const { from, end } = touch(slot);
      const onTarget = this.#target !== 0 && from < end && from === this.#target;
      if (onTarget && this.#turn < 0) {
        this.#turn = this.#weights.pick(live.filter((s) => s === slot || this.#weights.get(s) > 0));
      }
      if (onTarget && this.#turn !== slot) {
        this.#held.push(slot);
        continue;
      }
      if (onTarget) {
        this.#weights.set(slot, Math.max(0, this.#weights.get(slot) - 1));
        this.#turn = -1;
        this.#held = [];
      }
      this.#priorities.draw(slot);
      return slot;
    }
  }
}
