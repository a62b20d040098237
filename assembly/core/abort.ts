// An assertion of ours failed: trap. The binding discards the engine and reports an internal error.

/** Takes the place of AssemblyScript's abort, which would need an import. */
export function engineAbort(_message: usize, _file: usize, _line: u32, _column: u32): void {
  unreachable();
}
