// `raceproof --help`: one screen of 80 by 24 however many commands there are. The three main uses first, then
// the commands of a review with a line each, then the names of the others.

import { type Command, Help } from "commander";
import { shorten, wrap } from "../report/text.ts";

const COLUMNS = 80;

const REVIEW = ["check", "explore", "fuzz", "compare", "repro", "minimize"];
/** Those that are in no group come last. */
const GROUPS: readonly (readonly [string, readonly string[]])[] = [
  ["models", ["list", "show", "demo"]],
  ["campaigns", ["status", "resume", "report", "serve", "worker", "import", "bench"]],
  ["pipelines", ["ci"]],
  ["more", ["completion", "man", "help"]],
];

export function formatHelp(command: Command, helper: Help): string {
  return command.parent === null
    ? rootHelp(command)
    : Help.prototype.formatHelp.call(helper, command, helper);
}

function rootHelp(program: Command): string {
  const commands = program.commands;
  const names = [...commands.map((command) => command.name()), "help"];
  const lines = [
    "raceproof: can these two kernel functions race? Write them as a C model, then",
    "",
    "  raceproof check my.c             a review: prove, fuzz, explain what is found",
    "  raceproof fuzz my.c --time 8h    a campaign: random schedules on all cores",
    "  raceproof repro TOKEN            any finding again, step by step",
    "",
    "Usage: raceproof COMMAND [OPTIONS]; raceproof COMMAND --help says more",
    "",
  ];
  for (const name of REVIEW) {
    const found = commands.find((command) => command.name() === name);
    if (found !== undefined) lines.push(shorten(`  ${name.padEnd(12)}${found.summary()}`, COLUMNS));
  }
  lines.push("");
  const grouped = [...REVIEW, ...GROUPS.flatMap(([, members]) => members)];
  for (const [title, members] of GROUPS) {
    const others = title === "more" ? names.filter((name) => !grouped.includes(name)) : [];
    const here = [...others, ...members].filter((name) => names.includes(name));
    const first = `  ${`${title}:`.padEnd(12)}`;
    if (here.length > 0) lines.push(...wrap(here.join(", "), COLUMNS, first, " ".repeat(first.length)));
  }
  lines.push("", "  -V, --version; -h, --help; the question this was made for: raceproof demo", "");
  return lines.join("\n");
}
