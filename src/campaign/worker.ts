// A worker: takes shards of a campaign from the queue, runs them, records each with the end of its job,
// until the campaign has ended or it is told to stop. Any number work on one campaign, and any of them may
// die at any moment: what it had in hand goes to another.

import { InternalError, ShardFailure } from "../base/errors.ts";
import type { RawTally } from "../engine/engine.ts";
import type { Program } from "../model/program.ts";
import type { Shard } from "../work/job.ts";
import { runRange } from "./range.ts";
import type { DispatchEnd, Dispatcher } from "./store/dispatch.ts";
import { type Patience, patiently, pause, seldom } from "./store/patience.ts";
import { isTransient, type Postgres } from "./store/postgres.ts";
import { BEAT_MS, type Lease, SHARD_MAX_S, type ShardQueue } from "./store/queue.ts";
import { crashedRows, resultRows } from "./store/record.ts";
import { schedulesOf } from "./store/spec.ts";
import type { StoredCampaign } from "./store/store.ts";

/** What a worker did, to be told. */
export interface WorkCounts {
  /** Shards whose result is this worker's. */
  recorded: number;
  /** Shards that were recorded already when this worker came with them; the results were equal. */
  known: number;
  /** Shards of others that were given up, and recorded as such. */
  crashed: number;
  schedules: number;
}

export interface WorkOptions {
  readonly campaign: StoredCampaign;
  readonly program: Program;
  readonly database: Postgres;
  readonly dispatcher: Dispatcher;
  readonly queue: ShardQueue;
  /** One job of the engine. */
  readonly run: (job: Shard) => Promise<RawTally>;
  /** Jobs that can run at once. */
  readonly threads: number;
  readonly worker: string;
  readonly patience: Patience;
  readonly counts: WorkCounts;
  /** Something was recorded, by whomever; at most once a second. */
  readonly onChange: () => Promise<void>;
}

/** Between two looks at a queue that has nothing for us. */
const IDLE_MS = 500;

/** What ended the campaign; null where the worker was told to stop first. */
export async function work(options: WorkOptions): Promise<DispatchEnd | null> {
  const { campaign, dispatcher, queue, patience, database } = options;
  const { signal } = patience;
  const ask: Ask = (action) => patiently(database, patience, action);
  const hand = new Hand(campaign.spec.shardJobs);
  const settle = seldom(() => ask(() => dispatcher.settle(campaign.id, campaign.spec)));
  const look = seldom(() => lookAfter(options, ask));
  const beating = setInterval(() => {
    // A beat that does not come through is made up for by the next, or the shards go to somebody else.
    queue.beat(hand.leases()).catch(() => undefined);
  }, BEAT_MS);
  try {
    for (;;) {
      const end = await settle();
      // Before the end too: what came late may have been another result.
      hand.check();
      // What is still in hand was taken from us and is recorded: whether we get the same is worth the wait.
      if (end !== null && (end !== "schedules" || hand.isEmpty())) return end;
      if (end === null && !(await takeMore(options, ask, hand))) await look();
      await options.onChange();
      if (signal.aborted) return null;
      await Promise.race([hand.change(), pause(IDLE_MS, signal)]);
    }
  } catch (error) {
    if (signal.aborted && isTransient(error)) return null;
    throw error;
  } finally {
    clearInterval(beating);
    // So that nobody has to wait until we are missed. Where the campaign has ended there is no queue any
    // more.
    if (signal.aborted) await giveBack(options, hand.leases());
  }
}

/** Two jobs for each thread, so that no thread waits for this one. False: there was nothing to be had. */
async function takeMore(options: WorkOptions, ask: Ask, hand: Hand): Promise<boolean> {
  const { queue, threads, patience } = options;
  let taken = 0;
  while (hand.jobs() < 2 * threads && !hand.isAlone() && !patience.signal.aborted) {
    const [lease] = await ask(() => queue.take(1));
    if (lease === undefined) break;
    taken++;
    hand.begin(lease, (held) => runLease(options, ask, held));
  }
  return taken > 0 || hand.jobs() >= threads;
}

type Ask = <Result>(action: () => Promise<Result>) => Promise<Result>;

interface Held {
  readonly lease: Lease;
  readonly since: number;
  /** Of the engine, that have not ended. */
  jobs: number;
}

/** The shards that a worker has in hand. */
class Hand {
  readonly #held = new Map<string, Held>();
  readonly #runs = new Set<Promise<void>>();
  readonly #jobsOfShard: number;
  #failure: { readonly reason: unknown } | null = null;
  #wake = (): void => undefined;

  constructor(jobsOfShard: number) {
    this.#jobsOfShard = jobsOfShard;
  }

  leases(): Lease[] {
    return [...this.#held.values()].map(({ lease }) => lease);
  }

  jobs(): number {
    return [...this.#held.values()].reduce((sum, { jobs }) => sum + jobs, 0);
  }

  isEmpty(): boolean {
    return this.#held.size === 0;
  }

  /** A shard that was lost before may have been what killed its worker: it takes no other with it. */
  isAlone(): boolean {
    return this.leases().some(({ retryCount }) => retryCount > 0);
  }

  begin(lease: Lease, run: (held: Tracked) => Promise<void>): void {
    const before = lease.retryCount > 0 ? this.#allEnded() : Promise.resolve();
    const held = { lease, since: performance.now(), jobs: this.#jobsOfShard };
    this.#held.set(lease.id, held);
    const onJobs = (jobs: number): void => {
      held.jobs = jobs;
      this.#wake();
    };
    const running = before.then(() => run({ lease, onJobs }));
    this.#runs.add(running);
    running
      .catch((reason: unknown) => {
        this.#failure ??= { reason };
      })
      .finally(() => {
        this.#held.delete(lease.id);
        this.#runs.delete(running);
        this.#wake();
      });
  }

  /** Those that are in hand now; how they end is no matter. */
  async #allEnded(): Promise<void> {
    await Promise.allSettled(this.#runs);
  }

  /** Resolves when a job, or a shard, has ended. */
  change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  check(): void {
    if (this.#failure !== null) throw this.#failure.reason;
    for (const { lease, since } of this.#held.values()) {
      if (performance.now() - since > SHARD_MAX_S * 1000) throw hangs(lease);
    }
  }
}

interface Tracked {
  readonly lease: Lease;
  /** So many of the shard's jobs have not ended. */
  readonly onJobs: (jobs: number) => void;
}

async function runLease(
  { campaign, program, dispatcher, queue, run, worker, counts }: WorkOptions,
  ask: Ask,
  { lease, onJobs }: Tracked,
): Promise<void> {
  const { shard } = lease;
  const { budgets } = await ask(() => dispatcher.state(campaign.id));
  // Recorded meanwhile, by a worker that was taken for dead.
  if (await ask(() => dispatcher.isDone(campaign.id, shard))) return ask(() => dispatcher.drop(queue, lease));
  const began = performance.now();
  let tally: RawTally;
  try {
    tally = await runRange(run, campaign.spec, shard, { schedules: budgets.schedules, onJobs });
  } catch (error) {
    if (!(error instanceof ShardFailure)) throw error;
    // It may be this machine; if it is the shard, it is given up in the end.
    return ask(() => queue.fail(lease, error.message));
  }
  const ran = { worker, tookMs: performance.now() - began, at: Date.now() };
  const rows = resultRows(program, { shard, runs: schedulesOf(campaign.spec, shard, budgets) }, tally, ran);
  const outcome = await ask(() => dispatcher.record(campaign, queue, lease, rows));
  if (outcome === "outdated") return;
  counts[outcome]++;
  counts.schedules += tally.schedules;
}

/** What any worker may do where it has nothing else: plan on, and write off what was given up. */
async function lookAfter(
  { campaign, dispatcher, queue, worker, counts }: WorkOptions,
  ask: Ask,
): Promise<void> {
  const { id, spec } = campaign;
  await ask(() => dispatcher.extend(id, spec, queue));
  for (const lease of await ask(() => queue.takeGivenUp())) {
    const rows = crashedRows(lease.shard, { worker, tookMs: 0, at: Date.now() });
    const outcome = await ask(() => dispatcher.record(campaign, queue, lease, rows));
    if (outcome === "recorded") counts.crashed++;
  }
}

async function giveBack({ database, queue }: WorkOptions, leases: readonly Lease[]): Promise<void> {
  for (const lease of leases) {
    await database.transaction((session) => queue.giveBack(lease, session)).catch(() => undefined);
  }
}

function hangs({ shard }: Lease): InternalError {
  return new InternalError(
    `shard ${shard} has run for more than ${SHARD_MAX_S / 60} minutes`,
    "this worker ends, the shard goes to another; --max-steps bounds each of its schedules",
  );
}
