// All ways through a run that asks what to do next: each run decides as the one before, up to the last
// decision that has another answer.

export class Decisions {
  /** What was taken, of how many. */
  readonly #taken: number[] = [];
  readonly #bounds: number[] = [];
  #at = 0;

  /** The answer of the present run: from 0 to bound - 1. */
  decide(bound: number): number {
    if (this.#at === this.#taken.length) {
      this.#taken.push(0);
      this.#bounds.push(bound);
    }
    return this.#taken[this.#at++]!;
  }

  /** The number of answers of each decision of the present run. */
  get bounds(): readonly number[] {
    return this.#bounds;
  }

  /** Goes on to the next run; false where there is none. */
  next(): boolean {
    this.#at = 0;
    while (this.#taken.length > 0 && this.#taken.at(-1)! + 1 === this.#bounds.at(-1)!) {
      this.#taken.pop();
      this.#bounds.pop();
    }
    if (this.#taken.length === 0) return false;
    this.#taken[this.#taken.length - 1]!++;
    return true;
  }
}
