// typeof(x) becomes `struct __typeof_N`, with the operand kept aside.
//
// tree-sitter-c takes `typeof(*p) *q = e;` for a product; a struct tag parses everywhere that a type can
// stand. The lowering recognises the tag and asks for operand N. Equal operands share a number: what a name
// in it means is decided where the tag stands.

import type { Token } from "./lexer.ts";
import type { Reporter } from "./report.ts";

/** The struct tag that stands for a typeof is this and the operand's number. */
export const TYPEOF_TAG = "__typeof_";

const KEYWORDS: ReadonlySet<string> = new Set([
  "typeof",
  "__typeof__",
  "__typeof",
  "typeof_unqual",
  "__typeof_unqual__",
]);

interface Frame {
  readonly keyword: Token;
  /** Where its operand begins in the output. */
  readonly from: number;
  nesting: number;
}

/** Rewrites every typeof; `operands` receives the text of each distinct operand. */
export function rewriteTypeof(
  tokens: readonly Token[],
  operands: string[],
  report: Reporter,
): readonly Token[] {
  if (!tokens.some((token) => token.kind === "identifier" && KEYWORDS.has(token.text))) return tokens;
  const numbers = new Map<string, number>();
  const out: Token[] = [];
  const open: Frame[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at]!;
    const frame = open.at(-1);
    if (token.kind === "identifier" && KEYWORDS.has(token.text) && tokens[at + 1]?.text === "(") {
      open.push({ keyword: token, from: out.length, nesting: 0 });
      at++;
    } else if (frame !== undefined && token.text === ")" && frame.nesting === 0) {
      open.pop();
      const text = out
        .splice(frame.from)
        .map((t) => t.text)
        .join(" ");
      const number = numbers.get(text) ?? operands.push(text) - 1;
      numbers.set(text, number);
      const end =
        token.file === frame.keyword.file ? Math.max(token.end, frame.keyword.end) : frame.keyword.end;
      const place = { ...frame.keyword, end, expanded: true };
      out.push(
        { ...place, text: "struct" },
        { ...place, text: `${TYPEOF_TAG}${number}`, space: true, newline: false },
      );
    } else {
      if (frame !== undefined && token.text === "(") frame.nesting++;
      if (frame !== undefined && token.text === ")") frame.nesting--;
      out.push(token);
    }
  }
  const unclosed = open[0];
  if (unclosed !== undefined)
    report.fatal(unclosed.keyword, `${unclosed.keyword.text}( is not closed`, 'a ")" is missing');
  return out;
}
