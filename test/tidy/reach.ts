// What nobody uses: files that no entry point reaches, names that are exported and imported nowhere.

import ts from "typescript";
import { importsOf, isCode, lineOf, type Rule, syntax, type Tree, walk } from "./tree.ts";

/**
 * Where execution begins: the launcher's program, the threads', what compiles lanes, the engine, the page's
 * script, tests, benchmarks, scripts.
 */
const ENTRIES: readonly RegExp[] = [
  /^src\/(cli\/main|work\/worker|campaign\/explore-worker|cli\/lanes-main)\.ts$/,
  /^assembly\/(lanes\/)?index\.ts$/,
  /^src\/report\/html\/page\.js$/,
  /^test\/.*\.test\.ts$/,
  /^(bin|bench|scripts|\.ci)\//,
  /\.config\.ts$/,
];

export const noDeadFiles: Rule = {
  name: "every file is reached from an entry point",
  check: (tree) => {
    const reached = reach(tree);
    return [...tree.keys()]
      .filter((path) => isCode(path) && !reached.has(path))
      .map((path) => `${path}: nothing imports it: remove it, or import it where it is needed`);
  },
};

export const noUnusedExports: Rule = {
  name: "every exported name is imported somewhere",
  check: (tree) => {
    const used = usedNames(tree);
    const problems: string[] = [];
    for (const [path, text] of tree) {
      if (!path.startsWith("src/") || !isCode(path) || used.get(path) === "all") continue;
      const names = used.get(path);
      for (const { name, line, type } of exportsOf(path, text)) {
        if (names instanceof Set && names.has(name)) continue;
        // A type that this file's own exports speak of is part of their signature; an exported limit is its
        // name.
        if ((type || name.endsWith("_MAX")) && mentions(path, text, name) > 1) continue;
        problems.push(
          `${path}:${line}: ${name} is exported and imported nowhere: drop the export, or the code`,
        );
      }
    }
    return problems;
  },
};

function reach(tree: Tree): ReadonlySet<string> {
  const reached = new Set<string>();
  const isEntry = (path: string) => isCode(path) && ENTRIES.some((entry) => entry.test(path));
  const waiting = [...tree.keys()].filter(isEntry);
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const text = tree.get(path);
    if (text === undefined || reached.has(path) || !isCode(path)) continue;
    reached.add(path);
    for (const { target } of importsOf(path, text, tree)) if (target !== undefined) waiting.push(target);
  }
  return reached;
}

/** For each file the names that others take from it; "all" where a namespace import may take any. */
function usedNames(tree: Tree): ReadonlyMap<string, Set<string> | "all"> {
  const used = new Map<string, Set<string> | "all">([
    // Called by bin/raceproof.js, and by the pool, through the built file's path.
    ["src/cli/main.ts", new Set(["main"])],
    ["src/work/worker.ts", new Set(["runShard"])],
    ["src/campaign/explore-worker.ts", new Set(["runExplore"])],
  ]);
  for (const [path, text] of tree) {
    if (!isCode(path)) continue;
    for (const { target, names } of importsOf(path, text, tree)) {
      if (target === undefined) continue;
      const known = used.get(target);
      if (names === undefined || known === "all") used.set(target, "all");
      else used.set(target, new Set([...(known ?? []), ...names]));
    }
  }
  return used;
}

interface Exported {
  readonly name: string;
  readonly line: number;
  readonly type: boolean;
}

function exportsOf(path: string, text: string): Exported[] {
  const file = syntax(path, text);
  return file.statements.flatMap((node): Exported[] => {
    const exported =
      ts.canHaveModifiers(node) &&
      (ts.getModifiers(node) ?? []).some((m) => m.kind === ts.SyntaxKind.ExportKeyword);
    if (!exported) return [];
    const line = lineOf(file, node);
    if (ts.isVariableStatement(node)) {
      return node.declarationList.declarations.map((d) => ({ name: d.name.getText(), line, type: false }));
    }
    const type = ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node);
    if (!type && !ts.isFunctionDeclaration(node) && !ts.isClassDeclaration(node)) return [];
    return node.name === undefined ? [] : [{ name: node.name.text, line, type }];
  });
}

function mentions(path: string, text: string, name: string): number {
  let count = 0;
  walk(syntax(path, text), (node) => {
    if (ts.isIdentifier(node) && node.text === name) count++;
  });
  return count;
}
