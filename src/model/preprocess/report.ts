// Collects the preprocessor's diagnostics, and stops it where going on would be pointless.

import { type Diagnostic, ModelError } from "../diagnostics.ts";
import { diagnosticIn } from "../source.ts";
import type { Token } from "./lexer.ts";

/** Diagnostics of one run; whoever has more reads the first ones anyway. */
export const DIAGNOSTICS_MAX = 20;

export interface Reporter {
  /** Notes a mistake at a token and goes on. */
  error(token: Token, message: string, hint?: string): void;
  /** Notes a mistake and gives up: a limit was reached or the text cannot be followed any further. */
  fatal(token: Token, message: string, hint?: string): never;
  add(diagnostic: Diagnostic): void;
  /** Throws what was collected, if anything was. */
  flush(): void;
}

export function reporter(): Reporter {
  const found: Diagnostic[] = [];
  const add = (diagnostic: Diagnostic): void => {
    found.push(diagnostic);
    if (found.length >= DIAGNOSTICS_MAX) throw new ModelError(found);
  };
  const at = (token: Token, message: string, hint?: string): Diagnostic =>
    diagnosticIn(token.file, token.start, message, hint);
  return {
    error: (token, message, hint) => add(at(token, message, hint)),
    fatal: (token, message, hint) => {
      found.push(at(token, message, hint));
      throw new ModelError(found);
    },
    add,
    flush: () => {
      if (found.length > 0) throw new ModelError(found);
    },
  };
}
