// Rules about the text of a file, whatever its language: headers, blanks, and words that do not belong.

import { eachLine, header } from "./sizes.ts";
import { isC, isCode, type Rule, type Tree } from "./tree.ts";

/** Byte-exact: what a program printed, or a text that is not ours. */
const VERBATIM = /^(test\/golden\/.*(?<!\.ts)|LICENSE|package-lock\.json)$/;
const COMMENTED = /\.(ts|js|mjs|c|h|sh)$/;

export const opensWithComment: Rule = {
  name: "every file opens with what it is",
  check: (tree) =>
    [...tree].flatMap(([path, text]) => {
      const script = COMMENTED.test(path) || text.startsWith("#!");
      if (!script || VERBATIM.test(path) || header(text).length >= 20) return [];
      return [`${path}:1: no opening comment: say what it is, where it comes from, what it does not do`];
    }),
};

export const noPromises: Rule = {
  name: "no line promises later work",
  check: (tree) =>
    eachLine(tree, ours, (line) => {
      const word = /\b(TO[D]O|FIX[M]E|X[X]X|HA[C]K)\b/.exec(line)?.[0];
      return word === undefined ? undefined : `${word}: do it now, or say what is not done as a limit`;
    }),
};

export const noWorkplace: Rule = {
  name: "no line names a tracker's number or a machine's path",
  check: (tree) =>
    eachLine(tree, ours, (line) => {
      if (/(^|[\s(])#\d{1,6}\b(?!\w)/.test(line)) return "a tracker's number: say what it was about";
      if (/\b(issue|ticket|PR) \d+\b/i.test(line)) return "a tracker's number: say what it was about";
      if (/(^|[^\w.])\/work\/(main|shared|[.])/.test(line) || /(^|[^\w])[.]library\//.test(line)) {
        return "a path of one machine: name it relative to the root";
      }
      return /(^|[^\w.])\/(home|Users|root)\/\w/.test(line)
        ? "a path of one machine: name it relative to the root"
        : undefined;
    }),
};

export const blanks: Rule = {
  name: "no tabs outside C, no trailing blanks, one newline at the end",
  check: (tree) => [
    ...eachLine(tree, ours, (line, path) => {
      if (line.endsWith("\r")) return "a carriage return: use a bare newline";
      if (/[ \t]$/.test(line)) return "trailing blanks: remove them";
      return line.includes("\t") && !mayHaveTabs(path) ? "a tab: indent by two blanks" : undefined;
    }),
    ...endings(tree),
  ],
};

function endings(tree: Tree): string[] {
  return [...tree].flatMap(([path, text]) => {
    if (!ours(path) || text === "") return [];
    if (!text.endsWith("\n")) return [`${path}: does not end in a newline`];
    return text.endsWith("\n\n") ? [`${path}: ends in blank lines`] : [];
  });
}

function ours(path: string): boolean {
  return !VERBATIM.test(path);
}

/** C and what quotes C: the documentation, and tests that hold models as text. */
function mayHaveTabs(path: string): boolean {
  return (
    isC(path) ||
    /(^|\/)Makefile$/.test(path) ||
    path.endsWith(".md") ||
    (isCode(path) && path.startsWith("test/"))
  );
}
