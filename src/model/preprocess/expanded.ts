// Preprocessed text with true positions: every character knows where its author wrote it.
// Text of a macro's body belongs to the call as the author spelled it; text of an argument to itself.

import type { Diagnostic } from "../diagnostics.ts";
import { diagnosticIn, lineColumn, type SourceFile } from "../source.ts";
import type { Token } from "./lexer.ts";

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
  /**
   * The source behind text[start, end) as written: macros unexpanded, white space folded, at most
   * ORIGINAL_MAX characters.
   */
  originalText(start: number, end: number): string;
  /** A diagnostic at an offset of the text, with the author's line. */
  diagnosticAt(offset: number, message: string, hint?: string): Diagnostic;
  /** The file that holds an offset, for callers that tell the author's files from headers. */
  fileAt(offset: number): SourceFile;
}

/** Longest text that originalText gives; longer ones end in "...". */
export const ORIGINAL_MAX = 120;

/** Characters of source that are looked at for it. */
const FOLD_MAX = 4000;

/** A token with its offsets in the expanded text. */
export interface PlacedToken extends Token {
  readonly at: number;
}

/** Writes the tokens as text; between tokens that did not touch in the source stands white space. */
export function placeTokens(tokens: readonly Token[]): { text: string; placed: readonly PlacedToken[] } {
  const parts: string[] = [];
  const placed: PlacedToken[] = [];
  let length = 0;
  let previous: Token | undefined;
  for (const token of tokens) {
    const gap = previous === undefined ? "" : gapBetween(previous, token);
    parts.push(gap, token.text);
    placed.push({ ...token, at: length + gap.length });
    length += gap.length + token.text.length;
    previous = token;
  }
  return { text: parts.join(""), placed };
}

function gapBetween(left: Token, right: Token): string {
  if (right.newline || left.file !== right.file) return "\n";
  if (right.space) return " ";
  const apart = left.expanded || right.expanded || left.end !== right.start;
  return apart && wouldGrowTogether(left, right) ? " " : "";
}

/** Tokens that macros brought together must stay two: `-` `-x`, `1` `.5`, `L` `"x"`. */
function wouldGrowTogether(left: Token, right: Token): boolean {
  if (/[\w$\u0080-\uffff]$/.test(left.text)) {
    return /^[\w$"'\u0080-\uffff]/.test(right.text) || (left.kind === "number" && /^[.+-]/.test(right.text));
  }
  return /[-+<>=&|!*/%^#.:]$/.test(left.text) && /^[-+<>=&|!*/%^#.:\d]/.test(right.text);
}

export function expandedText(text: string, placed: readonly PlacedToken[], main: SourceFile): ExpandedText {
  /** The last token that begins at or before an offset. */
  function indexAt(offset: number): number {
    let low = 0;
    let high = placed.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (placed[middle]!.at <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  function sourceOffset(offset: number): [SourceFile, number] {
    const token = placed[indexAt(offset)];
    if (token === undefined) return [main, 0];
    if (token.expanded) return [token.file, token.start];
    const inside = Math.min(Math.max(0, offset - token.at), token.end - token.start);
    return [token.file, token.start + inside];
  }

  function originalText(start: number, end: number): string {
    let index = indexAt(start);
    // White space before a token belongs to the token behind it.
    if (index + 1 < placed.length && start >= placed[index]!.at + placed[index]!.text.length) index++;
    const first = placed[index];
    if (first === undefined) return "";
    let [from, to] = [first.start, first.end];
    for (let i = index + 1; i < placed.length && placed[i]!.at < end; i++) {
      const token = placed[i]!;
      if (token.file !== first.file) continue;
      from = Math.min(from, token.start);
      to = Math.max(to, token.end);
    }
    return fold(first.file.text.slice(from, Math.min(to, from + FOLD_MAX)));
  }

  return {
    text,
    positionAt(offset) {
      const [file, at] = sourceOffset(offset);
      return { file: file.name, ...lineColumn(file, at) };
    },
    originalText,
    diagnosticAt(offset, message, hint) {
      const [file, at] = sourceOffset(offset);
      return diagnosticIn(file, at, message, hint);
    },
    fileAt: (offset) => sourceOffset(offset)[0],
  };
}

/** One line without comments; literals are left alone. */
function fold(source: string): string {
  const plain = source
    .replaceAll(/"(?:[^"\\\n]|\\.)*"|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, (found) =>
      found[0] === '"' ? found : " ",
    )
    .replaceAll(/\\[ \t]*\n/g, " ")
    .replaceAll(/\s+/g, " ")
    .trim();
  return plain.length <= ORIGINAL_MAX ? plain : `${plain.slice(0, ORIGINAL_MAX - 3)}...`;
}
