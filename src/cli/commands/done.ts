// What every command is given when it is put into the tree.

import type { ExitCode } from "../../base/errors.ts";

/** Called with the exit code of the command that ran. */
export type Done = (code: ExitCode) => void;
