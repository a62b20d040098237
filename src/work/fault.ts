// For tests only: RACEPROOF_FAULT="trap:3", "exit:3" or "trap:3:always" makes the worker of job 3 trap or
// exit, the first time or every time, so that the pool's promise to survive that can be tested; "kill:3"
// takes the whole process with it.

import { UsageError } from "../base/errors.ts";
import type { Fault } from "./job.ts";

export interface InjectedFault {
  readonly kind: Fault;
  readonly shard: number;
  readonly always: boolean;
}

/** Tests only: `trap:SHARD`, `exit:SHARD`, either with `:always`; `kill:SHARD`. */
export function parseFault(text: string | undefined): InjectedFault | null {
  if (text === undefined || text === "") return null;
  const match = /^(trap|exit|kill):(\d{1,9})(:always)?$/.exec(text);
  if (match === null)
    throw new UsageError(`RACEPROOF_FAULT=${text} is not trap:SHARD, exit:SHARD or kill:SHARD`);
  return { kind: match[1] as Fault, shard: Number(match[2]), always: match[3] !== undefined };
}
