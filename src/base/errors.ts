// What can go wrong outside a model, each with its exit code; and the exit codes themselves, in one place.
// A model's own mistakes are ModelError (src/model/diagnostics.ts); what a run did wrong is a violation.

export const Exit = {
  CLEAN: 0,
  FINDING: 1,
  USAGE: 2,
  INCONCLUSIVE: 3,
  INTERNAL: 70,
  TOKEN: 125,
  SIGINT: 130,
  SIGTERM: 143,
} as const;

export type ExitCode = (typeof Exit)[keyof typeof Exit];

/** Base of the errors that a user is shown as one line: what, why, and the next thing to try. */
export class RaceproofError extends Error {
  readonly exitCode: ExitCode;
  /** What to try next. */
  readonly hint: string | undefined;

  constructor(exitCode: ExitCode, message: string, hint?: string) {
    super(message);
    this.name = new.target.name;
    this.exitCode = exitCode;
    this.hint = hint;
  }
}

/** Wrong flag, name, number or token: the user's input. */
export class UsageError extends RaceproofError {
  constructor(message: string, hint?: string) {
    super(Exit.USAGE, message, hint);
  }
}

/** The token is well formed but belongs to another program. */
export class TokenMismatch extends RaceproofError {
  constructor(message: string, hint?: string) {
    super(Exit.TOKEN, message, hint);
  }
}

/** Our bug, nondeterminism included. */
export class InternalError extends RaceproofError {
  constructor(message: string, hint?: string) {
    super(Exit.INTERNAL, message, hint);
  }
}

/** A shard that failed twice: its worker trapped or died. */
export class ShardFailure extends InternalError {
  readonly first: number;
  readonly count: number;

  constructor(reason: string, shard: { shard: number; first: number; count: number }, token: string) {
    const last = shard.first + shard.count - 1;
    super(
      `shard ${shard.shard} (schedules ${shard.first} to ${last}) failed twice: ${reason}`,
      `this is a bug in raceproof; its first schedule is ${token}`,
    );
    this.first = shard.first;
    this.count = shard.count;
  }
}
