// What must not be called or written where, each with what to use instead. Works on syntax, so that comments
// and strings may speak of what is banned.

import ts from "typescript";
import { isCode, lineOf, type Rule, syntax, walk } from "./tree.ts";

interface Ban {
  readonly what: string;
  /** Paths it holds for. */
  readonly where: RegExp;
  /** Paths that may all the same. */
  readonly except?: RegExp;
  readonly matches: (node: ts.Node) => boolean;
  readonly instead: string;
}

const OURS = /^(src|assembly|bin)\//;

export const BANS: readonly Ban[] = [
  {
    what: "Math.random",
    where: /./,
    matches: member("Math", "random"),
    instead: "draw from the counter generator (assembly/core/prng.ts), or from a seeded one in tests",
  },
  {
    what: "the clock",
    where: /^(src\/(base|engine|model|work|report)|assembly)\//,
    matches: (node) =>
      member("Date", "now")(node) ||
      member("performance", "now")(node) ||
      (ts.isNewExpression(node) &&
        node.expression.getText() === "Date" &&
        (node.arguments ?? []).length === 0),
    instead: "measure in src/campaign/ or src/cli/ and pass the figure down: a run does not depend on time",
  },
  {
    what: "host randomness",
    where: /^src\//,
    except: /^src\/cli\//,
    matches: (node) =>
      calls("randomBytes", "randomInt", "randomUUID", "getRandomValues", "randomFillSync")(node),
    instead: "take the campaign's seed; src/cli/ draws a fresh one where the user gave none, and prints it",
  },
  {
    what: "console",
    where: /^(src|assembly)\//,
    except: /^src\/cli\//,
    matches: (node) => ts.isPropertyAccessExpression(node) && node.expression.getText() === "console",
    instead: "return the text; src/cli/output.ts prints (results to stdout, progress to stderr)",
  },
  {
    what: "process.exit",
    where: /^(src|assembly)\//,
    // In a worker thread it ends the thread alone: the fault that tests inject.
    except: /^src\/(cli\/|work\/worker\.ts$)/,
    matches: member("process", "exit"),
    instead: "throw an error of src/base/errors.ts; src/cli/main.ts turns it into an exit code",
  },
  {
    what: "a random number taken modulo n, which favours small results",
    where: /./,
    matches: (node) =>
      ts.isBinaryExpression(node) &&
      node.operatorToken.kind === ts.SyntaxKind.PercentToken &&
      /\b\w*(random|prng|getRandom)\w*\s*\(/i.test(node.left.getText()),
    instead: "call prngBelow (assembly/core/prng.ts), which scales and rejects",
  },
  {
    what: "a blocking child process",
    where: OURS,
    matches: calls("execSync", "spawnSync", "execFileSync"),
    instead: "spawn and pass signals on (bin/spawn.js): Ctrl-C must reach both",
  },
  {
    what: "code from text",
    where: /./,
    matches: (node) =>
      (ts.isCallExpression(node) && node.expression.getText() === "eval") ||
      ((ts.isNewExpression(node) || ts.isCallExpression(node)) && node.expression.getText() === "Function"),
    instead: "write the function down: a model is hostile text",
  },
  {
    what: "a timer",
    where: /^(src\/(base|engine|model|report)|assembly)\//,
    matches: calls("setTimeout", "setInterval", "setImmediate"),
    instead: "bound the work by a count of abi.ts; only work/, campaign/ and cli/ know of time",
  },
  {
    what: "an enum",
    where: /^(src|test|bench|scripts)\//,
    matches: ts.isEnumDeclaration,
    instead: "use a union of strings; numbers that the engine shares belong to assembly/abi.ts",
  },
  {
    what: "a default export",
    where: OURS,
    matches: (node) =>
      ts.isExportAssignment(node) ||
      (ts.canHaveModifiers(node) &&
        (ts.getModifiers(node) ?? []).some((m) => m.kind === ts.SyntaxKind.DefaultKeyword)),
    instead: "export it by name, so that one name finds every use",
  },
  {
    what: "a floating-point type",
    where: /^assembly\//,
    matches: (node) => ts.isIdentifier(node) && /^f(32|64)$/.test(node.text),
    instead: "count in u32 or u64: below campaign/ every result is exact",
  },
  {
    what: "an allocation",
    where: /^assembly\//,
    except: /^assembly\/core\/abort\.ts$/,
    matches: (node) =>
      ts.isNewExpression(node) || ts.isArrayLiteralExpression(node) || ts.isObjectLiteralExpression(node),
    instead: "lay it out in assembly/core/layout.ts: the stub runtime never frees",
  },
];

export const banned: Rule = {
  name: "nothing is called that has a better replacement here",
  check: (tree) => {
    const problems: string[] = [];
    for (const [path, text] of tree) {
      if (!isCode(path)) continue;
      const bans = BANS.filter(({ where, except }) => where.test(path) && !(except?.test(path) ?? false));
      const file = syntax(path, text);
      walk(file, (node) => {
        for (const { what, instead, matches } of bans) {
          if (matches(node)) problems.push(`${path}:${lineOf(file, node)}: ${what}: ${instead}`);
        }
      });
    }
    return problems;
  },
};

function member(object: string, name: string): (node: ts.Node) => boolean {
  return (node) =>
    ts.isPropertyAccessExpression(node) && node.expression.getText() === object && node.name.text === name;
}

/** `name()` and `anything.name()`. */
function calls(...names: readonly string[]): (node: ts.Node) => boolean {
  return (node) => {
    if (!ts.isCallExpression(node)) return false;
    const called = node.expression;
    const name = ts.isPropertyAccessExpression(called) ? called.name.text : called.getText();
    return names.includes(name);
  };
}
