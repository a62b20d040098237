// The only user of web-tree-sitter: loads the C grammar once, parses text, finds what it could not read.

import { createRequire } from "node:module";
import { Language, type Node, Parser } from "web-tree-sitter";
import { type Diagnostic, ModelError } from "../diagnostics.ts";

/** Nodes on the way from a root to a leaf; a deeper tree would exhaust the stack of whoever walks it. */
export const TREE_DEPTH_MAX = 600;
/** How often the parser may report progress (each time it has done a fixed amount of work) for one chunk. */
export const PARSE_PROGRESS_MAX = 100_000;
/** Errors told of one chunk: the first tells most. */
const ERRORS_MAX = 3;

export interface GrammarError {
  /** In the text that was parsed. */
  readonly offset: number;
  readonly message: string;
  readonly hint: string;
}

type Failure = (message: string, hint: string) => Diagnostic;

export interface Grammar {
  /** Parses a text; throws a ModelError made by `fail` where it is too tangled to parse or to walk. */
  parse(text: string, fail: Failure): Node;
  errors(root: Node): GrammarError[];
}

let loading: Promise<Grammar> | undefined;

export function loadGrammar(): Promise<Grammar> {
  loading ??= load();
  return loading;
}

async function load(): Promise<Grammar> {
  await Parser.init();
  const require = createRequire(import.meta.url);
  const language = await Language.load(require.resolve("tree-sitter-c/tree-sitter-c.wasm"));
  const parser = new Parser();
  parser.setLanguage(language);

  function parse(text: string, fail: Failure): Node {
    let progress = 0;
    const tree = parser.parse(text, null, { progressCallback: () => ++progress > PARSE_PROGRESS_MAX });
    if (tree === null) {
      parser.reset();
      throw new ModelError([fail("this is too tangled to parse", "simplify it, or leave it out")]);
    }
    if (depthOf(tree.rootNode) > TREE_DEPTH_MAX) {
      throw new ModelError([fail("this nests too deeply", "split the expression or the function")]);
    }
    return tree.rootNode;
  }
  return { parse, errors };
}

/** Depth of a tree, walked without recursion; stops counting once it is beyond the limit. */
function depthOf(root: Node): number {
  const cursor = root.walk();
  let [depth, deepest] = [0, 0];
  walk: for (;;) {
    if (cursor.gotoFirstChild()) {
      deepest = Math.max(deepest, ++depth);
      if (deepest > TREE_DEPTH_MAX) break;
      continue;
    }
    while (!cursor.gotoNextSibling()) {
      if (!cursor.gotoParent()) break walk;
      depth--;
    }
  }
  cursor.delete();
  return deepest;
}

function errors(root: Node): GrammarError[] {
  const found: GrammarError[] = [];
  const visit = (node: Node): void => {
    if (found.length >= ERRORS_MAX || !node.hasError) return;
    if (node.isMissing) {
      const what = /^\w/.test(node.type) ? node.type.replaceAll("_", " ") : `"${node.type}"`;
      found.push({ offset: node.startIndex, message: `${what} is missing here`, hint: hintFor(root, node) });
      return;
    }
    if (node.isError) {
      const text = node.text.replaceAll(/\s+/g, " ");
      const shown = text.length > 40 ? `${text.slice(0, 37)}...` : text;
      const message = `this is no C that can be read: ${shown}`;
      found.push({ offset: node.startIndex, message, hint: hintFor(root, node) });
      return;
    }
    for (const child of node.children) if (child !== null) visit(child);
  };
  visit(root);
  return found;
}

/**
 * An annotation that the headers do not know is the commonest cause: one on the line of the error is named.
 */
function hintFor(root: Node, node: Node): string {
  const from = root.text.lastIndexOf("\n", Math.max(0, node.startIndex - 1)) + 1;
  const to = root.text.indexOf("\n", node.startIndex);
  const line = root.text.slice(from, to < 0 ? undefined : to);
  const name = /\b(?!__func__|__VA_ARGS__|__builtin)__\w+\b(?!\s*=)/.exec(line)?.[0];
  if (name === undefined) return 'is a ";" or an operator missing, here or just before?';
  return `if ${name} is an annotation, define it away: #define ${name}`;
}
