// Runs a campaign: hands out jobs, merges what they found, knows when to stop. Results count in the order of
// the plan and without a gap, whatever the order in which workers end: so what a campaign has seen, and hence
// what is recorded of it, is a function of the plan and of how far it went, never of the number of workers.

import type { RawTally } from "../engine/engine.ts";
import type { Program } from "../model/program.ts";
import type { Shard } from "../work/job.ts";
import { emptyTally, mergeTallies } from "../work/tally.ts";
import { showsMore } from "./coverage.ts";
import { countGroups, type FindingGroup, groupFindings } from "./keys.ts";
import { type EnginePlan, PlannedShards, SCHEDULES_MAX } from "./plan.ts";

export interface StopRules {
  /** Exactly this many schedules. */
  readonly schedules?: number;
  /** Wall time, milliseconds. */
  readonly timeMs?: number;
  /** Stops after the shortest run of jobs from the first on that shows this many groups of findings. */
  readonly untilFinding?: number;
  /** Stops when nothing new was seen for so many milliseconds. */
  readonly untilPlateauMs?: number;
}

export type EndedBy = "schedules" | "time" | "until-finding" | "until-plateau" | "interrupted";

export interface Progress {
  /** Of this session. */
  readonly elapsedMs: number;
  /** Of all sessions of the campaign. */
  readonly activeMs: number;
  /** Active time at which the last new thing was seen. */
  readonly newMs: number;
  /** Active time at which a schedule that was looked at showed a new step, behaviour or state last. */
  readonly coveredMs: number;
  readonly schedules: number;
  /** Of the schedules, those of earlier sessions. */
  readonly schedulesBefore: number;
  readonly steps: number;
  /** Jobs of this session. */
  readonly shards: number;
  readonly workers: number;
  readonly findings: readonly FindingGroup[];
  /** Of the findings, those of earlier sessions. */
  readonly findingsBefore: number;
  readonly tally: RawTally;
}

export interface Runner {
  readonly workers: number;
  run(shard: Shard): Promise<RawTally>;
}

/** What earlier sessions have come to. */
export interface Before {
  readonly tally: RawTally;
  readonly activeMs: number;
  readonly newMs: number;
}

/** Keeps what a campaign has seen: which jobs are still to be run, and their results in that order. */
export interface Journal {
  readonly before: Before;
  next(): Shard | null;
  take(progress: Progress, job: Shard, result: RawTally): void;
  /** Called once it cannot keep any more: the campaign must not go on. */
  onFailure(fail: (error: unknown) => void): void;
}

export interface Campaign {
  readonly tally: RawTally;
  readonly endedBy: EndedBy;
  /** Of all sessions. */
  readonly elapsedMs: number;
  /** As in Progress; absent where nobody was there to see. */
  readonly coveredMs?: number;
}

export interface LoopOptions {
  readonly program: Program;
  readonly pool: Runner;
  /** Of this session: what is left of the campaign's budgets. */
  readonly rules: StopRules;
  /** Which engine runs which jobs; default: the scalar machine. */
  readonly engine?: EnginePlan;
  /** Whether the program has lanes, where that is not known yet; what needs none runs meanwhile. */
  readonly fits?: Promise<boolean>;
  readonly journal?: Journal;
  /** Interrupts: no further job; what is under way may land for a moment. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  /** Milliseconds; for tests. */
  readonly clock?: () => number;
}

/** When time is up, jobs under way are waited for this long, then dropped. */
const GRACE_MS = 1000;
/** The same where somebody waits for the end. */
const DRAIN_MS = 700;

const NOTHING: Before = { tally: emptyTally, activeMs: 0, newMs: 0 };

export async function runCampaign(options: LoopOptions): Promise<Campaign> {
  return new Loop(options).run();
}

/** A class because it is the state of one session. */
class Loop {
  readonly #options: LoopOptions;
  readonly #clock: () => number;
  readonly #started: number;
  readonly #before: Before;
  #tally: RawTally;
  #findings: FindingGroup[];
  #newMs: number;
  #coveredMs: number;
  readonly #findingsBefore: number;
  #landed = 0;
  #handedOut = 0;
  /** Results that came before an earlier one, by the number in which they were handed out. */
  readonly #early = new Map<number, { readonly job: Shard; readonly result: RawTally }>();
  #flying = 0;
  #endedBy: EndedBy | null = null;
  #closed = false;
  #failure: { readonly error: unknown } | null = null;
  #plateau: NodeJS.Timeout | undefined;
  /** Ends the loop's sleep. (A race of promises would leave a reaction on the lasting ones at every turn.) */
  #wake = (): void => undefined;

  constructor(options: LoopOptions) {
    this.#options = options;
    this.#clock = options.clock ?? (() => performance.now());
    this.#started = this.#clock();
    this.#before = options.journal?.before ?? NOTHING;
    this.#tally = this.#before.tally;
    this.#findings = groupFindings(options.program, this.#tally);
    this.#newMs = this.#before.newMs;
    this.#coveredMs = this.#before.activeMs;
    this.#findingsBefore = countGroups(this.#findings);
  }

  async run(): Promise<Campaign> {
    const { rules, signal, journal, pool } = this.#options;
    const interrupt = () => this.#end("interrupted");
    if (signal?.aborted) interrupt();
    signal?.addEventListener("abort", interrupt, { once: true });
    journal?.onFailure((error) => this.#fail(error));
    const timer = this.#after(rules.timeMs, "time");
    this.#watchPlateau(this.#before.activeMs - this.#newMs);
    if (this.#foundEnough()) this.#end("until-finding");
    try {
      const next = journal === undefined ? this.#planned() : () => journal.next();
      while (this.#endedBy === null && this.#failure === null) {
        let job: Shard | "later" | null = "later";
        // One job in the queue for each that runs, so that no worker waits for this thread.
        for (; this.#flying < 2 * pool.workers; this.#launch(job)) {
          job = next();
          if (job === null || job === "later") break;
        }
        if (this.#flying === 0 && job === null) this.#end("schedules");
        else await this.#sleep();
      }
      if (this.#endedBy !== "schedules" && this.#endedBy !== "until-finding") await this.#landing();
    } finally {
      this.#closed = true;
      clearTimeout(timer);
      clearTimeout(this.#plateau);
      signal?.removeEventListener("abort", interrupt);
    }
    if (this.#failure !== null) throw this.#failure.error;
    const [elapsedMs, coveredMs] = [this.#activeMs(), this.#coveredMs];
    return { tally: this.#tally, endedBy: this.#endedBy ?? "schedules", elapsedMs, coveredMs };
  }

  #planned(): () => Shard | "later" | null {
    const { rules, engine, fits } = this.#options;
    const planned = new PlannedShards(rules.schedules ?? SCHEDULES_MAX, engine, fits);
    planned.known.then(() => this.#wake()).catch((error: unknown) => this.#fail(error));
    return () => planned.next();
  }

  #activeMs(): number {
    return this.#before.activeMs + this.#clock() - this.#started;
  }

  #end(why: EndedBy): void {
    this.#endedBy ??= why;
    this.#wake();
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#wake();
  }

  #after(ms: number | undefined, why: EndedBy): NodeJS.Timeout | undefined {
    if (ms === undefined) return undefined;
    if (ms <= 0) this.#end(why);
    return setTimeout(() => this.#end(why), ms);
  }

  /** The campaign ends if so much more time passes without anything new. */
  #watchPlateau(quietMs: number): void {
    const { untilPlateauMs } = this.#options.rules;
    if (untilPlateauMs === undefined) return;
    clearTimeout(this.#plateau);
    this.#plateau = this.#after(untilPlateauMs - quietMs, "until-plateau");
  }

  #foundEnough(): boolean {
    const { untilFinding } = this.#options.rules;
    return untilFinding !== undefined && countGroups(this.#findings) >= untilFinding;
  }

  #sleep(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #launch(job: Shard): void {
    const number = this.#handedOut++;
    this.#flying++;
    this.#options.pool
      .run(job)
      .then((result) => this.#land(number, job, result))
      .catch((error: unknown) => {
        // What fails after the end (the pool is being destroyed) is nobody's concern.
        if (!this.#closed && this.#endedBy !== "until-finding") this.#fail(error);
      })
      .finally(() => {
        this.#flying--;
        this.#wake();
      });
  }

  #land(number: number, job: Shard, result: RawTally): void {
    if (this.#closed) return;
    this.#early.set(number, { job, result });
    for (let next = this.#early.get(this.#landed); next !== undefined; next = this.#early.get(this.#landed)) {
      if (this.#endedBy === "until-finding" || this.#failure !== null) return;
      this.#early.delete(this.#landed++);
      this.#take(next.job, next.result);
    }
  }

  #take(job: Shard, result: RawTally): void {
    const { program, journal, onProgress } = this.#options;
    const before = this.#tally;
    this.#tally = mergeTallies(before, result);
    if (showsMore(this.#tally, before)) this.#coveredMs = this.#activeMs();
    const known = this.#findings.length;
    this.#findings = groupFindings(program, this.#tally);
    if (this.#findings.length > known) {
      this.#newMs = this.#activeMs();
      this.#watchPlateau(0);
    }
    const progress = this.#progress();
    journal?.take(progress, job, result);
    onProgress?.(progress);
    // Also where it was to end for another reason: no later job may count.
    if (this.#foundEnough()) {
      this.#endedBy = "until-finding";
      this.#wake();
    }
  }

  #progress(): Progress {
    const activeMs = this.#activeMs();
    return {
      elapsedMs: activeMs - this.#before.activeMs,
      activeMs,
      newMs: this.#newMs,
      coveredMs: this.#coveredMs,
      schedules: this.#tally.schedules,
      schedulesBefore: this.#before.tally.schedules,
      steps: this.#tally.steps,
      shards: this.#landed,
      workers: this.#options.pool.workers,
      findings: this.#findings,
      findingsBefore: this.#findingsBefore,
      tally: this.#tally,
    };
  }

  /** The end has come: what is under way may still land, for a while. */
  async #landing(): Promise<void> {
    let late = false;
    const ms = this.#endedBy === "interrupted" ? DRAIN_MS : GRACE_MS;
    const grace = setTimeout(() => {
      late = true;
      this.#wake();
    }, ms);
    const hurried = () => this.#endedBy !== "interrupted" && this.#options.signal?.aborted === true;
    while (this.#flying > 0 && !late && this.#failure === null && !hurried()) await this.#sleep();
    clearTimeout(grace);
  }
}
