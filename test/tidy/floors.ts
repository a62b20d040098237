// Who may import whom. Imports only go down the floors; the tables below are the drawing in
// docs/ARCHITECTURE.md.

import { importsOf, isCode, type Rule, type Tree } from "./tree.ts";

/**
 * Of src/; a folder may import itself and every lower floor. engine, model and lanes share a floor and stay
 * apart.
 */
const SOURCE_FLOORS: Readonly<Record<string, number>> = {
  cli: 8,
  report: 7,
  campaign: 6,
  work: 5,
  engine: 4,
  model: 4,
  lanes: 4,
  base: 0,
};

/** Of assembly/; machine and kernel are one floor and may import each other. */
const ASSEMBLY_FLOORS: Readonly<Record<string, number>> = {
  index: 3,
  run: 3,
  lanes: 3,
  schedule: 2,
  machine: 1,
  kernel: 1,
  core: 0,
};

/** Packages that are wrapped once: the only places that may import them; types may go further. */
const WRAPPED: Readonly<Record<string, RegExp>> = {
  piscina: /^src\/work\/pool\.ts$/,
  commander: /^src\/cli\//,
  assemblyscript: /^src\/lanes\/compile\.ts$/,
  "web-tree-sitter": /^src\/model\//,
  "node:worker_threads": /^src\/work\//,
  "node:child_process": /^src\/cli\//,
  "node:sqlite": /^src\/campaign\//,
  pg: /^src\/campaign\/store\/postgres\.ts$/,
  "pg-boss": /^src\/campaign\/store\/queue\.ts$/,
};

/** What report/ may use of Node: nothing that reads, writes or asks the time. */
const PURE_MODULES = new Set(["node:util"]);

const ABI = "assembly/abi.ts";
const SUMMARY = "src/campaign/summary.ts";

export const sourceFloors: Rule = {
  name: "imports of src/ go down the floors",
  check: (tree) =>
    eachImport(tree, /^src\//, (path, { target, specifier }) => {
      const from = floor(path, "src/", SOURCE_FLOORS);
      if (from === undefined)
        return `${path.split("/")[1]} is no floor: add it to the table in test/tidy/floors.ts`;
      if (target === undefined) return undefined;
      if (target.startsWith("assembly/")) {
        return target === ABI
          ? undefined
          : `imports ${target}: of assembly/ only abi.ts belongs to both sides`;
      }
      const to = floor(target, "src/", SOURCE_FLOORS);
      if (to === undefined) return `imports ${specifier}: src/ stands on nothing outside src/`;
      if (to.folder === from.folder || to.level < from.level) return undefined;
      return `${from.folder} (${from.level}) imports ${target} (${to.level}): what both need goes lower`;
    }),
};

export const assemblyFloors: Rule = {
  name: "imports of assembly/ go down the floors",
  check: (tree) =>
    eachImport(tree, /^assembly\//, (path, { target, specifier }) => {
      if (path === ABI) return `imports ${specifier}: abi.ts is read by two compilers and imports nothing`;
      if (target === undefined) return `imports ${specifier}: assembly/ uses no packages`;
      if (target === ABI) return undefined;
      const from = floor(path, "assembly/", ASSEMBLY_FLOORS);
      const to = floor(target, "assembly/", ASSEMBLY_FLOORS);
      if (from === undefined || to === undefined)
        return `imports ${target}: no floor of the table in test/tidy/floors.ts`;
      if (to.level <= from.level && (to.level < 2 || to.folder === from.folder || from.level === 3))
        return undefined;
      return `${from.folder} (${from.level}) imports ${target} (${to.level}): what both need goes lower`;
    }),
};

export const reportIsPure: Rule = {
  name: "report/ takes values and gives text",
  check: (tree) =>
    eachImport(tree, /^src\/report\//, (_path, { target, specifier, typeOnly }) => {
      if (target === undefined) {
        return PURE_MODULES.has(specifier)
          ? undefined
          : `imports ${specifier}: a report reads and writes nothing`;
      }
      if (target.startsWith("src/report/") || target.startsWith("src/base/")) return undefined;
      if (target === SUMMARY && typeOnly) return undefined;
      return `imports ${target}: a report knows the types of ${SUMMARY} (import type) and src/base/ only`;
    }),
};

export const wrappedOnce: Rule = {
  name: "dependencies are wrapped once",
  check: (tree) =>
    eachImport(tree, /^src\//, (path, { specifier, typeOnly }) => {
      const owners = WRAPPED[specifier];
      if (owners === undefined || typeOnly || owners.test(path)) return undefined;
      return `imports ${specifier}: only ${owners.source} may; call what it exports`;
    }),
};

type Judge = (path: string, found: ReturnType<typeof importsOf>[number]) => string | undefined;

function eachImport(tree: Tree, where: RegExp, judge: Judge): string[] {
  const problems: string[] = [];
  for (const [path, text] of tree) {
    if (!where.test(path) || !isCode(path)) continue;
    for (const found of importsOf(path, text, tree)) {
      const problem = judge(path, found);
      if (problem !== undefined) problems.push(`${path}:${found.line}: ${problem}`);
    }
  }
  return problems;
}

function floor(
  path: string,
  root: string,
  floors: Readonly<Record<string, number>>,
): { folder: string; level: number } | undefined {
  if (!path.startsWith(root)) return undefined;
  const folder = path.slice(root.length).split("/")[0]!.replace(/\.ts$/, "");
  const level = floors[folder];
  return level === undefined ? undefined : { folder, level };
}
