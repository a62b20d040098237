// Ctrl-C and SIGTERM: the first asks the command to end with what it has, the second ends the process.

import { Exit, type ExitCode } from "../base/errors.ts";
import { writeError } from "./output.ts";

export interface Interrupts {
  readonly signal: AbortSignal;
  /** Said when the command does not end by itself in time. */
  farewell: string;
  /** Exit code of the signal that came, or null. */
  exitCode(): ExitCode | null;
  /** The signals have their usual effect again. */
  release(): void;
}

/** A terminal and the launcher (bin/spawn.js) may both deliver one Ctrl-C: two this close are one. */
const SAME_MS = 300;
/** A command that was asked to end has this long. */
const DEADLINE_MS = 2000;

export function catchInterrupts(): Interrupts {
  const controller = new AbortController();
  let code: ExitCode | null = null;
  let at = 0;
  let deadline: NodeJS.Timeout | undefined;
  const onSignal = (signal: NodeJS.Signals): void => {
    const now = performance.now();
    const mine = signal === "SIGINT" ? Exit.SIGINT : Exit.SIGTERM;
    if (code === null) {
      code = mine;
      at = now;
      controller.abort();
      deadline = setTimeout(() => {
        if (interrupts.farewell !== "") writeError(interrupts.farewell);
        process.exit(mine);
      }, DEADLINE_MS).unref();
    } else if (now - at > SAME_MS || mine !== code) {
      process.exit(mine);
    }
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  const interrupts: Interrupts = {
    farewell: "",
    signal: controller.signal,
    exitCode: () => code,
    release() {
      clearTimeout(deadline);
      process.off("SIGINT", onSignal);
      process.off("SIGTERM", onSignal);
    },
  };
  return interrupts;
}
