// Preprocessed text with true positions: every character knows where its author wrote it.
// Text that came out of a macro belongs to the outermost macro call in the author's file.

import type { Diagnostic } from "../diagnostics.ts";
import type { SourceFile } from "../source.ts";

export interface Position {
  /** As shown to the user. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based. */
  readonly column: number;
}

export interface ExpandedText {
  /** What the C parser sees. */
  readonly text: string;
  /** Where the author wrote what now stands at an offset of the text. */
  positionAt(offset: number): Position;
  /** The source behind text[start, end) as written: macros unexpanded, white space folded, at most ORIGINAL_MAX characters. */
  originalText(start: number, end: number): string;
  /** A diagnostic at an offset of the text, with the author's line. */
  diagnosticAt(offset: number, message: string, hint?: string): Diagnostic;
  /** The file that holds an offset, for callers that tell the author's files from headers. */
  fileAt(offset: number): SourceFile;
}

/** Longest text that originalText gives; longer ones end in "...". */
export const ORIGINAL_MAX = 120;
