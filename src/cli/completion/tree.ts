// The command tree as values, for what is generated from it: completions and the manual page. What a flag or
// an argument takes is told by its name and, for fixed words, by a table; a test holds the table against the
// help.

import type { Command, Option } from "commander";
import { bundledModels, MODEL_DEFAULT, programIndex } from "../../base/models.ts";
import { CI_FORMATS, COMPARE_FORMATS, MINIMISE, REPRO_FORMATS, RUN_FORMATS } from "../flags.ts";

/** What is completed: words of a list, or what the shell or the tree knows. */
export type Takes = readonly string[] | "file" | "folder" | "model" | "scenario" | "nothing";

export interface FlagShape {
  /** `--format`; "" for one that has a short form only. */
  readonly long: string;
  readonly short: string;
  /** `<name>` as the help writes it; "" where it takes no value. */
  readonly value: string;
  readonly takes: Takes;
  readonly summary: string;
  readonly fallback: string;
}

export interface ArgumentShape {
  readonly name: string;
  readonly required: boolean;
  readonly variadic: boolean;
  readonly takes: Takes;
  readonly summary: string;
}

export interface CommandShape {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly summary: string;
  readonly description: string;
  readonly arguments: readonly ArgumentShape[];
  readonly flags: readonly FlagShape[];
  /** Examples and exit codes, as the help has them below its flags. */
  readonly after: string;
}

export interface TreeShape {
  readonly version: string;
  readonly description: string;
  /** Those that a line begins with; one that has commands of its own has all of their flags. */
  readonly commands: readonly CommandShape[];
  /** Those that do something, with the whole of their names: "bench run". */
  readonly leaves: readonly CommandShape[];
  readonly models: readonly string[];
  /** Of each bundled model; models with the same ones go together. */
  readonly scenarios: readonly { readonly models: readonly string[]; readonly names: readonly string[] }[];
  readonly modelDefault: string;
}

export const SHELLS = ["bash", "zsh", "fish"] as const;

/** By command and flag, or for all commands by the flag. */
export const WORDS: Readonly<Record<string, readonly string[]>> = {
  "fuzz --format": RUN_FORMATS,
  "check --format": RUN_FORMATS,
  "explore --format": RUN_FORMATS,
  "repro --format": REPRO_FORMATS,
  "compare --format": COMPARE_FORMATS,
  "ci --format": CI_FORMATS,
  "--ui": ["auto", "plain", "none"],
  "--engine": ["auto", "lanes", "scalar"],
  "--minimise": MINIMISE,
};

export function treeShape(program: Command): TreeShape {
  const models = bundledModels().map(({ name }) => name);
  const index = programIndex();
  const groups = new Map<string, string[]>();
  for (const model of models) {
    const names = Object.keys(index[model] ?? {}).map((name) => name.replaceAll("_", "-"));
    if (names.length === 0) continue;
    const key = names.join(" ");
    groups.set(key, [...(groups.get(key) ?? []), model]);
  }
  const byName = (a: CommandShape, b: CommandShape) => (a.name < b.name ? -1 : 1);
  return {
    version: program.version() ?? "",
    description: program.description(),
    commands: [...program.commands.map(topShape), HELP].sort(byName),
    leaves: program.commands.flatMap((command) => leafShapes(command)).sort(byName),
    models,
    scenarios: [...groups].map(([names, of]) => ({ models: of, names: names.split(" ") })),
    modelDefault: MODEL_DEFAULT,
  };
}

/** commander's own. */
const HELP: CommandShape = {
  name: "help",
  aliases: [],
  summary: "the help of a command",
  description: "Prints the help of a command.",
  arguments: [{ name: "command", required: false, variadic: false, takes: "nothing", summary: "a command" }],
  flags: [],
  after: "",
};

function leafShapes(command: Command, before = ""): CommandShape[] {
  const name = `${before}${command.name()}`;
  if (command.commands.length === 0) return [commandShape(command, name)];
  return command.commands.flatMap((inner) => leafShapes(inner, `${name} `));
}

/** Its own commands are the words of its argument. */
function topShape(command: Command): CommandShape {
  const own = commandShape(command, command.name());
  const inner = command.commands;
  if (inner.length === 0) return own;
  const takes = inner.map((one) => one.name());
  const flags = new Map<string, FlagShape>();
  for (const one of inner) for (const flag of commandShape(one, own.name).flags) flags.set(flag.long, flag);
  const word = { name: "command", required: true, variadic: false, takes, summary: "what to do" };
  return { ...own, arguments: [word], flags: [...flags.values()] };
}

function commandShape(command: Command, name: string): CommandShape {
  const help = command.createHelp();
  return {
    name,
    aliases: command.aliases(),
    summary: command.summary() || command.description(),
    description: command.description(),
    arguments: command.registeredArguments.map((argument) => ({
      name: argument.name(),
      required: argument.required,
      variadic: argument.variadic,
      takes: argumentTakes(argument.name()),
      summary: argument.description,
    })),
    flags: help.visibleOptions(command).map((option) => flagShape(name, option)),
    after: afterText(command),
  };
}

/** What addHelpText("after") was given. */
function afterText(command: Command): string {
  let text = "";
  command.configureOutput({ writeOut: (part) => (text += part) });
  command.outputHelp();
  return text.slice(command.helpInformation().length).trim();
}

function flagShape(command: string, option: Option): FlagShape {
  const value = /[<[].*$/.exec(option.flags)?.[0] ?? "";
  const long = option.long ?? "";
  const { defaultValue, defaultValueDescription } = option;
  const fallback = defaultValueDescription ?? (typeof defaultValue === "string" ? defaultValue : "");
  return {
    long,
    short: option.short ?? "",
    value,
    takes: WORDS[`${command} ${long}`] ?? WORDS[long] ?? flagTakes(long, value),
    summary: option.description,
    fallback,
  };
}

function flagTakes(long: string, value: string): Takes {
  if (long === "--scenario") return "scenario";
  if (/<(folder|dir)/.test(value)) return "folder";
  return /<file/.test(value) ? "file" : "nothing";
}

function argumentTakes(name: string): Takes {
  if (name === "model" || name === "models") return "model";
  if (name === "shell") return SHELLS;
  return name === "token" ? "nothing" : "file";
}
