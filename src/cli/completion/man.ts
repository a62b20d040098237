// The manual page, in the man(7) macros: a section of its own for each command, from the same texts as its
// help.

import { wrap } from "../../report/text.ts";
import type { CommandShape, FlagShape, TreeShape } from "./tree.ts";

export function manualPage(tree: TreeShape): string {
  const lines = [
    `.TH RACEPROOF 1 "" "raceproof ${roff(tree.version)}" "User Commands"`,
    ".nh",
    ".ad l",
    ".SH NAME",
    "raceproof \\- can these two kernel functions race?",
    ".SH SYNOPSIS",
    ...tree.leaves.flatMap(synopsis).slice(1),
    ".SH DESCRIPTION",
    ...filled(tree.description),
    ".PP",
    ...filled(
      "A model is C: the code under test as in the patch, and scenarios that say who runs what " +
        "concurrently. Results go to stdout, progress and messages to stderr.",
    ),
    ".SH COMMANDS",
    ...tree.leaves.flatMap(commandSection),
    ".SH EXIT STATUS",
    ...EXITS.flatMap(([code, meaning]) => [".TP", `.B ${code}`, roff(meaning)]),
    ".SH ENVIRONMENT",
    ".TP",
    ".B NO_COLOR",
    "Set and not empty: no colour.",
    ".TP",
    ".B RACEPROOF_DEBUG",
    "1: with an internal error, where it happened.",
  ];
  return `${lines.join("\n")}\n`;
}

const EXITS: readonly (readonly [string, string])[] = [
  ["0", "Nothing was found."],
  ["1", "A race was found, or a replay shows one."],
  ["2", "Wrong usage, or a model that cannot be understood."],
  ["3", "Inconclusive: a limit came first."],
  ["70", "An internal error."],
  ["125", 'The token does not fit the program; git bisect run takes it for "skip".'],
  ["130, 143", "Interrupted; what there is was printed."],
];

function usage({ arguments: operands }: CommandShape): string {
  return operands
    .map(({ name, required, variadic }) => {
      const word = `${name}${variadic ? "..." : ""}`;
      return required ? ` \\fI${roff(word)}\\fR` : ` [\\fI${roff(word)}\\fR]`;
    })
    .join("");
}

function synopsis(command: CommandShape): string[] {
  const options = command.flags.length > 1 ? " [\\fIoptions\\fR]" : "";
  return [".br", `.B raceproof ${roff(command.name)}\\fR${options}${usage(command)}`];
}

function commandSection(command: CommandShape): string[] {
  const { name, aliases, description, arguments: operands, flags, after } = command;
  const others = aliases.length === 0 ? "" : ` (also: ${aliases.join(", ")})`;
  return [
    `.SS "raceproof ${roff(name)}${usage(command)}"`,
    ...filled(description + others),
    ...operands.flatMap(({ name: operand, summary }) => [".TP", `.I ${roff(operand)}`, ...filled(summary)]),
    ...flags.flatMap(flagEntry),
    ...(after === "" ? [] : [".PP", ".nf", ...after.split("\n").map(roffLine), ".fi"]),
  ];
}

function flagEntry({ long, short, value, summary, fallback }: FlagShape): string[] {
  const forms = [short, long].filter((form) => form !== "").map((form) => `\\fB${roff(form)}\\fR`);
  const takes = value === "" ? "" : ` \\fI${roff(value)}\\fR`;
  const otherwise = fallback === "" ? "" : ` (default: ${fallback})`;
  return [".TP", `${forms.join(", ")}${takes}`, ...filled(summary + otherwise)];
}

/** Prose in short lines, which roff fills again. */
function filled(text: string): string[] {
  return wrap(text, 70).map(roffLine);
}

/** Backslashes, hyphens and quotes are roff's own. */
function roff(text: string): string {
  return text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll('"', "\\(dq")
    .replaceAll("'", "\\(aq");
}

/** A dot at the start of a line would be a request. */
function roffLine(text: string): string {
  return roff(text).replace(/^(?=[.'])/, "\\&");
}
