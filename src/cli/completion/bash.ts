// Completion for bash. It needs no helpers of the bash-completion package: where bash has split a word at
// "=", that is put right here.

import { shellQuoted } from "../../base/shell.ts";
import type { CommandShape, FlagShape, Takes, TreeShape } from "./tree.ts";

export function bashCompletion(tree: TreeShape): string {
  const names = tree.commands.flatMap(({ name, aliases }) => [name, ...aliases]);
  return `# bash completion for raceproof ${tree.version}
#   source <(raceproof completion bash)

_raceproof_scenarios() {
  case "$1" in
${tree.scenarios.map(scenarioCase).join("\n")}
  esac
}

${HELPERS}
_raceproof() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]} command= model= flag= takes= i
  COMPREPLY=()
  if [[ $cur == = ]]; then
    flag=$prev cur=
  elif [[ $prev == = ]]; then
    flag=\${COMP_WORDS[COMP_CWORD - 2]}
  elif [[ $prev == -* ]]; then
    flag=$prev
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "\${COMP_WORDS[i]}" in
      -*) ;;
      *) command=\${COMP_WORDS[i]}; break ;;
    esac
  done
  for ((i = 1; i < \${#COMP_WORDS[@]}; i++)); do
    if [[ $i != "$COMP_CWORD" && -n $(_raceproof_scenarios "\${COMP_WORDS[i]}") ]]; then
      model=\${COMP_WORDS[i]}
    fi
  done
  if [[ -z $command ]]; then
    _raceproof_words ${shellQuoted(`${names.join(" ")} --help --version`)}
    return
  fi
  case "$command $flag" in
${tree.commands.flatMap(flagCases).join("\n")}
  esac
  if [[ -n $takes ]]; then
    _raceproof_take "$takes"
    return
  fi
  case "$command" in
${tree.commands.map(commandCase).join("\n")}
  esac
}

_raceproof_take() {
  case "$1" in
    nothing) ;;
    file) _raceproof_files "" ;;
    folder) _raceproof_folders ;;
    model)
      _raceproof_words ${shellQuoted(tree.models.join(" "))}
      _raceproof_files .c ;;
    scenario) _raceproof_words "$(_raceproof_scenarios "\${model:-${tree.modelDefault}}")" ;;
    *) _raceproof_words "\${1#words }" ;;
  esac
}

complete -F _raceproof raceproof
`;
}

const HELPERS = `_raceproof_words() {
  COMPREPLY+=($(compgen -W "$1" -- "$cur"))
}

_raceproof_folders() {
  local path
  while IFS= read -r path; do COMPREPLY+=("$path/"); done < <(compgen -d -- "$cur")
  if [[ \${#COMPREPLY[@]} == 1 && \${COMPREPLY[0]} == */ ]]; then compopt -o nospace; fi
}

_raceproof_files() {
  local path
  while IFS= read -r path; do
    if [[ ! -d $path && $path == *$1 ]]; then COMPREPLY+=("$path"); fi
  done < <(compgen -f -- "$cur")
  _raceproof_folders
}
`;

function patterns({ name, aliases }: CommandShape, after = ""): string {
  return [name, ...aliases].map((word) => `"${word}${after}"`).join("|");
}

function scenarioCase({ models, names }: TreeShape["scenarios"][number]): string {
  return `    ${models.map(shellQuoted).join("|")})\n      echo ${shellQuoted(names.join(" "))} ;;`;
}

function flagCases(command: CommandShape): string[] {
  return command.flags.filter(({ value }) => value !== "").map((flag) => flagCase(command, flag));
}

function flagCase(command: CommandShape, { long, short, takes }: FlagShape): string {
  const flags = [long, short].filter((flag) => flag !== "");
  const when = flags.map((flag) => patterns(command, ` ${flag}`)).join("|");
  return `    ${when}) takes=${shellQuoted(takesText(takes))} ;;`;
}

function takesText(takes: Takes): string {
  return typeof takes === "string" ? takes : `words ${takes.join(" ")}`;
}

function commandCase(command: CommandShape): string {
  const flags = command.flags.flatMap(({ long, short }) => [long, short]).filter((flag) => flag !== "");
  const operand = command.arguments.map(({ takes }) => takes).find((takes) => takes !== "nothing");
  const rest = command.name === "help" ? "_raceproof_words " : "_raceproof_take ";
  const what = operand === undefined ? ":" : `${rest}${shellQuoted(takesText(operand))}`;
  return `    ${patterns(command)})
      if [[ $cur == -* ]]; then _raceproof_words ${shellQuoted(flags.join(" "))}; else ${what}; fi ;;`;
}
