// Rewrites, at the same length, what tree-sitter-c cannot read although it is C as the kernel writes it:
//
//   typeof(EXPR)            an identifier "typeof____..."     (typeof is no keyword of the grammar)
//   offsetof(TYPE, a.b[1])  an identifier "offsetof__..."     (the grammar knows one plain member only)
//   case A ... B:           case A ||  B:
//   kzalloc_obj(struct x)   kzalloc_obj(struct_x)
//   scoped_guard(k, &l) S   while       (k, &l) S
//   scoped_cond_guard(k, return 1, &l) S   while            (k           , &l) S
//   goto *p                 goto  p                           (to be refused by the converter)
//   __attribute__((...))    white space; so is __free(f), to be refused by the converter
//
// The converter recognises each by the expanded text that still stands at the node's offsets.

/** They begin the identifiers that stand for a rewritten typeof or offsetof. */
export const TYPEOF_MARK = "typeof_";
export const OFFSETOF_MARK = "offsetof_";

const LITERAL = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/;
const KEYWORD =
  /__typeof__|__typeof|typeof_unqual|typeof|__attribute__|__attribute|__free|__extension__|case|goto/;
const CALLED = /__builtin_offsetof|offsetof|scoped_guard|scoped_cond_guard|k[vmz]*alloc_objs?/;
const WORD = new RegExp(`${LITERAL.source}|\\b(?:${KEYWORD.source}|${CALLED.source})\\b`, "g");

/** Words that make a rewriting necessary; text without them is left alone. */
const NEEDED =
  /typeof|scoped_(cond_)?guard|goto\s*\*|offsetof|__attribute|__free|__extension__|\.\.\.|alloc_obj/;

/** The text as the grammar can read it; same length. */
export function accommodate(text: string): string {
  if (!NEEDED.test(text)) return text;
  const out = text.split("");
  const blank = (from: number, to: number, filler: string): void => {
    for (let i = from; i < to; i++) if (filler !== " " || out[i] !== "\n") out[i] = filler;
  };
  WORD.lastIndex = 0;
  for (let m = WORD.exec(text); m !== null; m = WORD.exec(text)) {
    const word = m[0];
    if (word.startsWith('"') || word.startsWith("'")) continue;
    const at = m.index;
    const open = skipSpace(text, at + word.length);
    if (word === "__extension__") {
      blank(at, at + word.length, " ");
    } else if (word === "goto") {
      if (text[open] === "*") write(out, open, " ");
    } else if (word === "case") {
      const range = caseRange(text, at + word.length);
      if (range >= 0) write(out, range, "|| ");
    } else if (text[open] === "(") {
      const close = closing(text, open);
      if (close < 0) continue;
      if (word.startsWith("__attribute") || word === "__free") {
        blank(at, close + 1, " ");
        WORD.lastIndex = close + 1;
      } else if (word === "scoped_guard") {
        write(out, at, "while       ");
      } else if (word === "scoped_cond_guard") {
        write(out, at, "while            ");
        const { from, to } = failClause(text, open);
        blank(from, to, " ");
        WORD.lastIndex = to;
      } else if (word.includes("alloc_obj")) {
        const type = /^\s*(struct|union|enum)\s+\w+/.exec(text.slice(open + 1, close));
        if (type !== null) joinWords(out, open + 1, type[0]);
      } else {
        blank(at, close + 1, "_");
        write(out, at, word.includes("typeof") ? TYPEOF_MARK : OFFSETOF_MARK);
        WORD.lastIndex = close + 1;
      }
    }
  }
  return out.join("");
}

function write(out: string[], at: number, text: string): void {
  for (let i = 0; i < text.length; i++) out[at + i] = text[i]!;
}

function joinWords(out: string[], at: number, words: string): void {
  const from = words.length - words.trimStart().length;
  for (let i = from; i < words.length; i++) if (/\s/.test(words[i]!)) out[at + i] = "_";
}

function skipSpace(text: string, at: number): number {
  let i = at;
  while (i < text.length && /\s/.test(text[i]!)) i++;
  return i;
}

/** Offset of the "..." of a case range, -1 where the label is a plain one. */
function caseRange(text: string, from: number): number {
  const label = /^[^:;{}]*?(\.\.\.)[^:;{}]*:/.exec(text.slice(from, from + 400));
  return label === null ? -1 : from + label[0].indexOf("...");
}

/**
 * Where scoped_cond_guard(kind, FAIL, ...), with its parenthesis at `open`, has its second argument: from the
 * comma before it up to the next one, or to the end.
 */
export function failClause(text: string, open: number): { readonly from: number; readonly to: number } {
  const close = closing(text, open);
  const from = nextComma(text, open + 1, close);
  return { from, to: from === close ? close : nextComma(text, from + 1, close) };
}

/** Offset of the next comma outside of brackets, or the end. */
function nextComma(text: string, from: number, end: number): number {
  for (let i = from; i < end; i++) {
    const c = text[i]!;
    if (c === ",") return i;
    if (c === '"' || c === "'") i = endOfLiteral(text, i);
    else if ("([{".includes(c)) i = closing(text, i);
  }
  return end;
}

/** Offset of the parenthesis that closes the one at `open`; -1 where none does. */
function closing(text: string, open: number): number {
  let depth = 0;
  for (let i = open; i < text.length; i++) {
    const c = text[i];
    if (c === '"' || c === "'") {
      i = endOfLiteral(text, i);
    } else if (c === "(" || c === "[" || c === "{") {
      depth++;
    } else if (c === ")" || c === "]" || c === "}") {
      depth--;
      if (depth === 0) return i;
    }
  }
  return -1;
}

function endOfLiteral(text: string, at: number): number {
  const quote = text[at];
  let i = at + 1;
  while (i < text.length && text[i] !== quote && text[i] !== "\n") i += text[i] === "\\" ? 2 : 1;
  return i;
}
