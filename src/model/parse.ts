// From a model's main file to parsed top-level chunks: preprocess, cut at top level, parse each chunk on
// demand with tree-sitter. Rubbish in a chunk that nobody asks for does no harm. Knows no semantics.
//
// Trees are made of accommodated text (lower/accommodate.ts): of the same length as the expanded text, but
// readable for the grammar where it does not know the kernel's C (typeof, scoped_guard, case ranges).

import type { Node } from "web-tree-sitter";
import type { Diagnostic } from "./diagnostics.ts";
import { accommodate } from "./lower/accommodate.ts";
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
  /**
   * The root (translation_unit) of this chunk; node.startIndex + chunk.start is an offset in the expanded
   * text.
   */
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

export interface ParsedUnit {
  readonly expanded: ExpandedText;
  /** In the order of the text. */
  readonly chunks: readonly Chunk[];
  /** The chunks of kind "skipped" again: the lowering looks for struct_ops_type(T) and the like. */
  readonly skipped: readonly SkippedChunk[];
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
  const { expanded, tokens, notes, files } = preprocess(main, options);
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
  return { expanded, chunks, skipped, notes, files };
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
    root ??= grammar.parse(accommodate(expanded.text.slice(start, end)), fail);
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
