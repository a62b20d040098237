// The source tree as the rules see it: path and text of every tracked or new file, and the syntax trees of
// the TypeScript among them. Reads files; judges nothing.

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join, posix } from "node:path";
import ts from "typescript";

/** Path relative to the root, with forward slashes, to text. */
export type Tree = ReadonlyMap<string, string>;

/** A rule looks at a tree and names what breaks it, one line each, `path:line: what; what to do instead`. */
export interface Rule {
  readonly name: string;
  readonly check: (tree: Tree) => string[];
}

const BINARY = /\.(wasm|png|ico|gz)$/;

/** The files that git tracks or would track: what the author is about to commit counts already. */
export function readTree(root: string): Tree {
  const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
  });
  const paths = listed.split("\0").filter((path) => path !== "" && !BINARY.test(path));
  // A file that was removed and not yet committed is still listed.
  const present = paths.filter((path) => existsSync(join(root, path)) && statSync(join(root, path)).isFile());
  return new Map([...new Set(present)].sort().map((path) => [path, readFileSync(join(root, path), "utf8")]));
}

export function treeOf(files: Readonly<Record<string, string>>): Tree {
  return new Map(Object.entries(files));
}

const parsed = new Map<string, { text: string; file: ts.SourceFile }>();

/** The syntax tree of a TypeScript or JavaScript file; AssemblyScript's decorators parse as well. */
export function syntax(path: string, text: string): ts.SourceFile {
  const known = parsed.get(path);
  if (known?.text === text) return known.file;
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  parsed.set(path, { text, file });
  return file;
}

export function isCode(path: string): boolean {
  return /\.(ts|js|mjs)$/.test(path);
}

export function isC(path: string): boolean {
  return /\.[ch]$/.test(path);
}

export function lineOf(file: ts.SourceFile, node: ts.Node): number {
  return file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;
}

/** Calls `visit` for a node and everything below it. */
export function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  node.forEachChild((child) => walk(child, visit));
}

export interface Import {
  /** As written. */
  readonly specifier: string;
  /** Path in the tree, or undefined for a package or a module of Node. */
  readonly target: string | undefined;
  readonly line: number;
  readonly typeOnly: boolean;
  /** Names taken; undefined where all may be (namespace import). */
  readonly names: readonly string[] | undefined;
}

/** Imports, re-exports and import() calls of a file. */
export function importsOf(path: string, text: string, tree: Tree): Import[] {
  const file = syntax(path, text);
  const found: Import[] = [];
  const add = (node: ts.Node, specifier: ts.Expression | undefined, typeOnly: boolean, names?: string[]) => {
    if (specifier === undefined || !ts.isStringLiteralLike(specifier)) return;
    const target = resolve(path, specifier.text, tree);
    found.push({ specifier: specifier.text, target, line: lineOf(file, node), typeOnly, names });
  };
  walk(file, (node) => {
    if (ts.isImportDeclaration(node)) {
      add(node, node.moduleSpecifier, isTypeImport(node.importClause), namesOf(node.importClause));
    } else if (ts.isExportDeclaration(node)) {
      const { exportClause } = node;
      const named = exportClause !== undefined && ts.isNamedExports(exportClause);
      add(
        node,
        node.moduleSpecifier,
        node.isTypeOnly,
        named ? exportClause.elements.map(sourceName) : undefined,
      );
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node, node.arguments[0], false, namesOfDynamic(node));
    }
  });
  return found;
}

function isTypeImport(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined) return false;
  if (clause.isTypeOnly) return true;
  const bindings = clause.namedBindings;
  return (
    clause.name === undefined &&
    bindings !== undefined &&
    ts.isNamedImports(bindings) &&
    bindings.elements.every((element) => element.isTypeOnly)
  );
}

function namesOf(clause: ts.ImportClause | undefined): string[] | undefined {
  if (clause === undefined) return [];
  const bindings = clause.namedBindings;
  if (bindings !== undefined && ts.isNamespaceImport(bindings)) return undefined;
  const names = bindings === undefined ? [] : bindings.elements.map(sourceName);
  return clause.name === undefined ? names : [...names, "default"];
}

function sourceName(element: ts.ImportSpecifier | ts.ExportSpecifier): string {
  return (element.propertyName ?? element.name).text;
}

/** `(await import(x)).name` and `const { name } = await import(x)` take one name; anything else takes all. */
function namesOfDynamic(call: ts.CallExpression): string[] | undefined {
  let node: ts.Node = call.parent;
  while (ts.isAwaitExpression(node) || ts.isParenthesizedExpression(node)) node = node.parent;
  if (ts.isPropertyAccessExpression(node)) return [node.name.text];
  if (ts.isVariableDeclaration(node) && ts.isObjectBindingPattern(node.name)) {
    return node.name.elements.map((element) => (element.propertyName ?? element.name).getText());
  }
  return undefined;
}

/** assembly/ imports without an ending (asc's habit), the rest with one; bin/ names the built file. */
function resolve(from: string, specifier: string, tree: Tree): string | undefined {
  if (!specifier.startsWith(".")) return undefined;
  const path = posix.normalize(posix.join(posix.dirname(from), specifier));
  return [path, `${path}.ts`, path.replace(/\.js$/, ".ts")].find((candidate) => tree.has(candidate)) ?? path;
}
