// How long lines, files and functions may be. What is longer stands in a table here and says why in the file.

import ts from "typescript";
import { isC, isCode, lineOf, type Rule, syntax, type Tree, walk } from "./tree.ts";

const COLUMNS_MAX = 110;
const FILE_LINES_MAX = 300;
/** Tests are lists of cases: cutting one in two helps nobody. */
const TEST_LINES_MAX = 700;
const FUNCTION_LINES_MAX = 70;
const FILE_BYTES_MAX = 400_000;

/** Longer than FILE_LINES_MAX; the comment that opens each says "long because". */
const LONG_FILES = new Set([
  "assembly/abi.ts",
  "assembly/lanes/runtime.ts",
  "assembly/machine/step.ts",
  "src/engine/engine.ts",
  "src/lanes/world.ts",
  "src/model/encode.ts",
  "src/model/ir.ts",
]);

/** One dispatch each: a case for each opcode, operator or kind, with nothing to cut at. `file#function`. */
const LONG_FUNCTIONS = new Set([
  "assembly/machine/step.ts#stepInline",
  "src/lanes/arithmetic.ts#arithmetic",
  "src/lanes/primitives.ts#primitive",
  "src/lanes/step.ts#execute",
  "src/model/encode.ts#instruction",
  "src/model/lower/convert-expressions.ts#convert",
  "src/model/lower/convert-statements.ts#statement",
]);

/** One line an opcode: the blocks read as a table, and grep finds an opcode with all it does. */
const ONE_LINE_BLOCK = /^ {2}\/\*\* .* Blocks: .*\*\/$/;

export const lineLength: Rule = {
  name: `lines have at most ${COLUMNS_MAX} columns`,
  check: (tree) =>
    eachLine(
      tree,
      (path) => (isCode(path) || isC(path)) && !generated(path),
      (line, path) => {
        if (path === "assembly/abi.ts" && ONE_LINE_BLOCK.test(line)) return undefined;
        const columns = line.replaceAll("\t", "        ").length;
        return columns > COLUMNS_MAX ? `${columns} columns: break it, at most ${COLUMNS_MAX}` : undefined;
      },
    ),
};

export const fileLength: Rule = {
  name: `files have at most ${FILE_LINES_MAX} lines, or say why not`,
  check: (tree) => {
    const problems: string[] = [];
    for (const [path, text] of tree) {
      if (!isCode(path) || generated(path)) continue;
      const limit = path.startsWith("test/") ? TEST_LINES_MAX : FILE_LINES_MAX;
      const lines = text.split("\n").length - 1;
      if (lines <= limit) {
        if (LONG_FILES.has(path))
          problems.push(`${path}: ${lines} lines: take it off LONG_FILES, it is short enough`);
      } else if (!LONG_FILES.has(path)) {
        problems.push(
          `${path}: ${lines} lines: cut it in two, or add it to LONG_FILES and say why in its header`,
        );
      } else if (!/\blong because\b/.test(header(text))) {
        problems.push(`${path}: ${lines} lines: its header must say "long because"`);
      }
    }
    return problems;
  },
};

export const functionLength: Rule = {
  name: `functions have at most ${FUNCTION_LINES_MAX} lines`,
  check: (tree) => {
    const problems: string[] = [];
    for (const [path, text] of tree) {
      if (!isCode(path) || path.startsWith("test/")) continue;
      const file = syntax(path, text);
      walk(file, (node) => {
        const name = functionName(node);
        if (name === undefined) return;
        const lines = ownLines(file, node);
        const listed = LONG_FUNCTIONS.has(`${path}#${name}`);
        if (lines > FUNCTION_LINES_MAX === listed) return;
        const advice = listed ? "take it off LONG_FUNCTIONS" : "cut it, or list it in LONG_FUNCTIONS";
        problems.push(`${path}:${lineOf(file, node)}: ${name} has ${lines} lines: ${advice}`);
      });
    }
    return problems;
  },
};

export const fileSize: Rule = {
  name: `tracked files have at most ${FILE_BYTES_MAX / 1000} kB`,
  check: (tree) =>
    [...tree].flatMap(([path, text]) => {
      const bytes = Buffer.byteLength(text);
      return bytes > FILE_BYTES_MAX ? [`${path}: ${bytes} bytes: generate it where it is needed`] : [];
    }),
};

/** Calls `judge` for each line of the files chosen. */
export function eachLine(
  tree: Tree,
  chosen: (path: string) => boolean,
  judge: (line: string, path: string) => string | undefined,
): string[] {
  const problems: string[] = [];
  for (const [path, text] of tree) {
    if (!chosen(path)) continue;
    for (const [index, line] of text.split("\n").entries()) {
      const problem = judge(line, path);
      if (problem !== undefined) problems.push(`${path}:${index + 1}: ${problem}`);
    }
  }
  return problems;
}

/** The comment that opens a file, after a shebang. */
export function header(text: string): string {
  const body = text.replace(/^#!.*\n/, "");
  const block = /^\/\*[\s\S]*?\*\//.exec(body) ?? /^(?:(?:\/\/|#).*\n)+/.exec(body);
  return block?.[0] ?? "";
}

function generated(path: string): boolean {
  return path.startsWith("test/golden/") && !path.endsWith(".ts");
}

/** Lines of a function without those of the named functions inside it, which count for themselves. */
function ownLines(file: ts.SourceFile, node: ts.Node): number {
  const span = (part: ts.Node) => file.getLineAndCharacterOfPosition(part.end).line + 2 - lineOf(file, part);
  let inner = 0;
  const subtract = (child: ts.Node): void => {
    if (functionName(child) === undefined) child.forEachChild(subtract);
    else inner += span(child);
  };
  node.forEachChild(subtract);
  return span(node) - inner;
}

/** The name of a function with a body; undefined for other nodes and for unnamed callbacks. */
function functionName(node: ts.Node): string | undefined {
  if (ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node)) {
    return node.body === undefined ? undefined : (node.name?.getText() ?? "default");
  }
  if (ts.isArrowFunction(node) || ts.isFunctionExpression(node)) {
    return ts.isVariableDeclaration(node.parent) ? node.parent.name.getText() : undefined;
  }
  return ts.isConstructorDeclaration(node) ? "constructor" : undefined;
}
