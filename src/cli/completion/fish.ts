// Completion for fish: a line a flag.

import type { CommandShape, FlagShape, Takes, TreeShape } from "./tree.ts";

export function fishCompletion(tree: TreeShape): string {
  const all = tree.commands.flatMap(({ name, aliases }) => [name, ...aliases]);
  const lines = [
    `# fish completion for raceproof ${tree.version}`,
    "#   raceproof completion fish | source",
    "",
    "function __raceproof_models",
    `  printf '%s\\n' ${tree.models.map(quoted).join(" ")}`,
    "  __fish_complete_suffix .c",
    "end",
    "",
    "function __raceproof_scenarios",
    `  set -l model ${quoted(tree.modelDefault)}`,
    "  for word in (commandline -opc)",
    `    if contains -- $word ${tree.models.map(quoted).join(" ")}`,
    "      set model $word",
    "    end",
    "  end",
    "  switch $model",
    ...tree.scenarios.flatMap(({ models, names }) => [
      `    case ${models.map(quoted).join(" ")}`,
      `      printf '%s\\n' ${names.map(quoted).join(" ")}`,
    ]),
    "  end",
    "end",
    "",
    "complete -c raceproof -f",
    `set -l __raceproof_commands ${all.map(quoted).join(" ")}`,
    'set -l __raceproof_none "not __fish_seen_subcommand_from $__raceproof_commands"',
    'complete -c raceproof -n "$__raceproof_none" -s h -l help -d help',
    'complete -c raceproof -n "$__raceproof_none" -s V -l version -d version',
    ...tree.commands.flatMap(commandLines),
  ];
  return `${lines.join("\n")}\n`;
}

function commandLines({ name, aliases, summary, flags, arguments: operands }: CommandShape): string[] {
  const words = [name, ...aliases];
  const when = `-n ${quoted(`__fish_seen_subcommand_from ${words.join(" ")}`)}`;
  const takes = operands.map((operand) => operand.takes).find((one) => one !== "nothing");
  return [
    ...words.map((word) => `complete -c raceproof -n "$__raceproof_none" -a ${word} -d ${quoted(summary)}`),
    ...flags.map((flag) => `complete -c raceproof ${when} ${flagText(flag)}`),
    ...(takes === undefined ? [] : [`complete -c raceproof ${when}${valueText(takes)}`]),
  ];
}

function flagText({ long, short, value, takes, summary }: FlagShape): string {
  const forms = [
    ...(short === "" ? [] : [`-s ${short.slice(1)}`]),
    ...(long === "" ? [] : [`-l ${long.slice(2)}`]),
  ];
  return `${forms.join(" ")} -d ${quoted(summary)}${value === "" ? "" : ` -r${valueText(takes)}`}`;
}

/** Files only where a flag or an argument takes one: `-f` for the whole command forbids them. */
function valueText(takes: Takes): string {
  if (typeof takes !== "string") return ` -a ${quoted(takes.join(" "))}`;
  const texts = {
    file: " -F",
    folder: " -a '(__fish_complete_directories)'",
    model: " -a '(__raceproof_models)'",
    scenario: " -a '(__raceproof_scenarios)'",
    nothing: "",
  };
  return texts[takes];
}

function quoted(word: string): string {
  return /^[\w./-]+$/.test(word) ? word : `'${word.replaceAll(/[\\']/g, (char) => `\\${char}`)}'`;
}
