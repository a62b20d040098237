// The author's mistakes: each names its place, shows the line with a caret and says what to write instead.
// All mistakes of a model are collected and thrown at once; never a crash, never a silent guess.

export interface Diagnostic {
  /** File as the user would name it. */
  readonly file: string;
  /** 1-based; 0 where the file as a whole is meant. */
  readonly line: number;
  /** 1-based. */
  readonly column: number;
  /** One sentence without a full stop, lower case: what is wrong. */
  readonly message: string;
  /** What to write or try instead. */
  readonly hint?: string;
  /** The source line, for the caret; empty where there is none. */
  readonly source: string;
}

/** Thrown by the front-end with every diagnostic found; exit code 2. */
export class ModelError extends Error {
  override readonly name = "ModelError";
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map(formatDiagnostic).join("\n"));
    this.diagnostics = diagnostics;
  }
}

const SOURCE_COLUMNS = 100;

/** `file:line:column: error: message`, the line, a caret, the hint. Control characters are made visible. */
function formatDiagnostic(d: Diagnostic): string {
  const place = d.line > 0 ? `${d.file}:${d.line}:${d.column}` : d.file;
  const lines = [`${visible(place)}: error: ${visible(d.message)}`];
  if (d.source !== "" && d.line > 0) {
    // A long line is cut so that the caret stays in sight.
    const from = Math.max(0, d.column - 1 - Math.floor(SOURCE_COLUMNS / 2));
    const shown = d.source.slice(from, from + SOURCE_COLUMNS).replaceAll("\t", " ");
    lines.push(`    ${visible(shown)}`, `    ${" ".repeat(Math.max(0, d.column - 1 - from))}^`);
  }
  if (d.hint !== undefined) lines.push(`  ${visible(d.hint)}`);
  return lines.join("\n");
}

function visible(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is replaced
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "?");
}
