// Completion for zsh, by its own _arguments: a function a command.

import type { ArgumentShape, CommandShape, FlagShape, Takes, TreeShape } from "./tree.ts";

export function zshCompletion(tree: TreeShape): string {
  const scenarios = tree.scenarios.map(({ models, names }) => {
    return `    ${models.map(quoted).join("|")}) scenarios=(${names.map(quoted).join(" ")}) ;;`;
  });
  return `#compdef raceproof
# zsh completion for raceproof ${tree.version}
#   source <(raceproof completion zsh)     or as a file _raceproof in a folder of $fpath

_raceproof_models() {
  local -a models=(${tree.models.map(quoted).join(" ")})
  _alternative 'models:bundled model:compadd -a models' 'files:model:_files -g "*.c"'
}

_raceproof_scenarios() {
  local word model=${quoted(tree.modelDefault)}
  local -a scenarios
  for word in $words; do
    case $word in
      ${tree.models.map(quoted).join("|")}) model=$word ;;
    esac
  done
  case $model in
${scenarios.join("\n")}
  esac
  compadd -a scenarios
}

${tree.commands.map(commandFunction).join("\n\n")}

_raceproof() {
  local line state
  _arguments -C '(- *)'{-h,--help}'[help]' '(- *)'{-V,--version}'[version]' '1: :->command' '*:: :->rest'
  case $state in
    command)
      local -a commands=(
${tree.commands.flatMap(described).join("\n")}
      )
      _describe command commands ;;
    rest)
      case $line[1] in
${tree.commands.map(called).join("\n")}
      esac ;;
  esac
}

if [[ $funcstack[1] == _raceproof ]]; then _raceproof "$@"; else compdef _raceproof raceproof; fi
`;
}

function described({ name, aliases, summary }: CommandShape): string[] {
  return [name, ...aliases].map((word) => `        ${quoted(`${word}:${summary}`)}`);
}

function called({ name, aliases }: CommandShape): string {
  return `        ${[name, ...aliases].join("|")}) _raceproof_command_${name} ;;`;
}

function commandFunction({ name, flags, arguments: operands }: CommandShape): string {
  const specs = [...flags.flatMap(flagSpecs), ...operands.map(argumentSpec)];
  const body = specs.length === 0 ? "    :" : `    _arguments ${specs.map(quoted).join(" \\\n      ")}`;
  return `_raceproof_command_${name}() {\n${body}\n}`;
}

/** `--format=[summary]:name:(text mail)`, and the same for the short form. */
function flagSpecs({ long, short, value, takes, summary }: FlagShape): string[] {
  const about = `[${escaped(summary)}]`;
  const what = value === "" ? "" : `:${escaped(value.replaceAll(/[<>[\]]/g, ""))}:${action(takes)}`;
  const forms = [
    ...(long === "" ? [] : [value === "" ? long : `${long}=`]),
    ...(short === "" ? [] : [value === "" ? short : `${short}+`]),
  ];
  return forms.map((form) => `*${form}${about}${what}`);
}

function argumentSpec({ name, required, variadic, takes }: ArgumentShape): string {
  return `${variadic ? "*" : ""}:${required ? "" : ":"}${escaped(name)}:${action(takes)}`.replace(
    /^::/,
    "::",
  );
}

function action(takes: Takes): string {
  if (typeof takes !== "string") return `(${takes.map(escaped).join(" ")})`;
  const actions = {
    file: "_files",
    folder: "_files -/",
    model: "_raceproof_models",
    scenario: "_raceproof_scenarios",
    nothing: " ",
  };
  return actions[takes];
}

function escaped(text: string): string {
  return text.replaceAll(/[\\:[\]()]/g, (char) => `\\${char}`);
}

function quoted(word: string): string {
  return /^[\w./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
