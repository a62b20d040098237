// From a model's main file to parsed top-level chunks: preprocess, cut at top level, parse each chunk on
// demand with tree-sitter. Rubbish in a chunk that nobody asks for does no harm. Knows no semantics.
//
// What the trees look like where preprocessing has changed the text:
//   typeof(e)                    `struct __typeof_N`; the operand is ParsedUnit.typeofs[N]
//   scoped_guard(k, &l) body     `for (scoped_guard(k, &l); ; ) body` (a macro of linux/cleanup.h)
//   ({ ... })                    parenthesized_expression around a compound_statement
//   (type_name)(x)               call_expression of a parenthesised identifier: cast or call, ask the symbols
//   f(struct foo)                call whose argument is no expression: tree-sitter makes a macro_type_specifier

import type { Node } from "web-tree-sitter";
import type { Diagnostic } from "./diagnostics.ts";
import { cut } from "./preprocess/cut.ts";
import type { ExpandedText } from "./preprocess/expanded.ts";
import { type Grammar, loadGrammar } from "./preprocess/grammar.ts";
import { preprocess } from "./preprocess/preprocess.ts";
import { reporter } from "./preprocess/report.ts";
import { loadMain, type SourceFile } from "./source.ts";

export interface ParseOptions {
  /** Folders of `--include`, searched after the folder of the including file. */
  readonly includes?: readonly string[];
  /** `--define NAME[=text]`: CONFIG_X -> "1". */
  readonly defines?: ReadonlyMap<string, string>;
  /** How the main file is called in messages; default: its path as given. */
  readonly name?: string;
}

interface ChunkBase {
  /** Offsets in the expanded text. */
  readonly start: number;
  readonly end: number;
}

/** A function definition or a declaration (struct, enum, typedef, global, prototype). */
export interface CodeChunk extends ChunkBase {
  readonly kind: "function" | "declaration";
  /** The function's name; "" for a declaration. */
  readonly name: string;
  /** The root (translation_unit) of this chunk; node.startIndex + chunk.start is an offset in the expanded text. */
  tree(): Node;
  /** What the parser could not read in it; empty where the tree is sound. */
  errors(): readonly Diagnostic[];
}

/** A macro call at top level that means nothing here: `late_initcall(x);`, `MODULE_LICENSE("GPL");`. */
export interface SkippedChunk extends ChunkBase {
  readonly kind: "skipped";
  readonly name: string;
  /** Text between the parentheses, trimmed. */
  readonly argument: string;
}

export type Chunk = CodeChunk | SkippedChunk;

/** The operand of a typeof that became `struct __typeof_N`. */
export interface TypeofOperand {
  readonly text: string;
  /** A sizeof_expression of the operand: it has the node in its field "value" or "type". */
  node(): Node;
}

export interface ParsedUnit {
  readonly expanded: ExpandedText;
  /** In the order of the text. */
  readonly chunks: readonly Chunk[];
  /** The chunks of kind "skipped" again: the lowering looks for struct_ops_type(T) and the like. */
  readonly skipped: readonly SkippedChunk[];
  /** By the N of `struct __typeof_N`. */
  readonly typeofs: readonly TypeofOperand[];
  /** For the author: headers that were not found and skipped. */
  readonly notes: readonly string[];
  /** Every file that was read; the main file first. */
  readonly files: readonly SourceFile[];
}

/** Loads, preprocesses and cuts a model. Throws a ModelError with every mistake that it found. */
export async function parseUnit(mainFile: string, options: ParseOptions = {}): Promise<ParsedUnit> {
  return parseSource(loadMain(mainFile, options.name ?? mainFile), options);
}

/** The same for a file that is in memory already. */
export async function parseSource(main: SourceFile, options: ParseOptions = {}): Promise<ParsedUnit> {
  const grammar = await loadGrammar();
  const { expanded, tokens, typeofs, notes, files } = preprocess(main, options);
  const report = reporter();
  const cuts = cut(tokens, report);
  report.flush();
  const chunks = cuts.map(({ kind, name, start, end, argument }): Chunk => {
    if (kind === "skipped") {
      return { kind, name, start, end, argument: expanded.text.slice(...argument).trim() };
    }
    return { kind, name, start, end, ...lazyTree(grammar, expanded, start, end) };
  });
  const skipped = chunks.filter((chunk) => chunk.kind === "skipped");
  const operands = typeofs.map((text) => ({ text, node: lazyOperand(grammar, text) }));
  return { expanded, chunks, skipped, typeofs: operands, notes, files };
}

function lazyTree(
  grammar: Grammar,
  expanded: ExpandedText,
  start: number,
  end: number,
): Pick<CodeChunk, "tree" | "errors"> {
  let root: Node | undefined;
  let found: readonly Diagnostic[] | undefined;
  const tree = (): Node => {
    const fail = (message: string, hint: string): Diagnostic => expanded.diagnosticAt(start, message, hint);
    root ??= grammar.parse(expanded.text.slice(start, end), fail);
    return root;
  };
  const errors = (): readonly Diagnostic[] => {
    found ??= grammar
      .errors(tree())
      .map(({ offset, message, hint }) => expanded.diagnosticAt(start + offset, message, hint));
    return found;
  };
  return { tree, errors };
}

function lazyOperand(grammar: Grammar, text: string): () => Node {
  let operand: Node | undefined;
  return () => {
    if (operand === undefined) {
      const fail = (message: string, hint: string): Diagnostic => {
        return {
          file: "typeof",
          line: 0,
          column: 0,
          message: `${message}: ${text.slice(0, 60)}`,
          hint,
          source: "",
        };
      };
      const root = grammar.parse(`int operand = sizeof(${text});`, fail);
      operand = root.descendantsOfType("sizeof_expression")[0] ?? root;
    }
    return operand;
  };
}
