// Reads the ```console blocks of a document and compares what they show with what a program printed.
//
//   <!-- exit 1 -->            before a block: its commands end with this code (0 where nothing is said)
//   <!-- skip: reason -->      before a block: it is not run, and the test's title says why
//   <!-- file: counter.c -->   before any block: the block is a file that the document's commands can name
//   $ command                  what follows, up to the next `$ `, is its output (stdout and stderr)
//   ...                        in the output: any lines; within a line: any text
//
// Times ("12.3 s") and rates ("4.1M/s") vary from run to run: where both sides have one, they agree.
// A command without output shown only has to end with its code.

export interface Command {
  readonly line: number;
  readonly command: string;
  /** Lines shown; empty where the document shows none. */
  readonly shown: readonly string[];
  readonly exitCode: number;
  /** Why it is not run. */
  readonly skip?: string;
}

export interface Document {
  readonly files: ReadonlyMap<string, string>;
  readonly commands: readonly Command[];
}

const FENCE = /^```(\w*)$/;
const TAG = /^<!-- (exit (\d+)|skip: (.+)|file: ([\w.-]+)) -->$/;

interface Tags {
  exitCode: number;
  skip?: string;
  file?: string;
}

export function readDocument(markdown: string): Document {
  const files = new Map<string, string>();
  const commands: Command[] = [];
  const lines = markdown.split("\n");
  let tags: Tags = { exitCode: 0 };
  for (let at = 0; at < lines.length; at++) {
    const language = FENCE.exec(lines[at]!)?.[1];
    if (language === undefined) {
      tags = lines[at] === "" ? tags : withTag(tags, lines[at]!);
      continue;
    }
    const end = lines.indexOf("```", at + 1);
    if (end < 0) throw new Error(`line ${at + 1}: a block without an end`);
    const body = lines.slice(at + 1, end);
    if (tags.file !== undefined) files.set(tags.file, `${body.join("\n")}\n`);
    else if (language === "console") commands.push(...readCommands(body, at + 2, tags));
    at = end;
    tags = { exitCode: 0 };
  }
  return { files, commands };
}

/** Tags hold for the next block; any other line between them and it takes them back. */
function withTag(tags: Tags, line: string): Tags {
  const tag = TAG.exec(line);
  if (tag === null) {
    if (/^<!-- *(exit|skip|file)\b/.test(line)) throw new Error(`not a tag: ${line}`);
    return { exitCode: 0 };
  }
  if (tag[2] !== undefined) return { ...tags, exitCode: Number(tag[2]) };
  return tag[3] === undefined ? { ...tags, file: tag[4]! } : { ...tags, skip: tag[3] };
}

function readCommands(body: readonly string[], firstLine: number, { exitCode, skip }: Tags): Command[] {
  const commands: { line: number; command: string; shown: string[]; exitCode: number; skip?: string }[] = [];
  for (let i = 0; i < body.length; i++) {
    const line = body[i]!;
    if (!line.startsWith("$ ")) {
      const last = commands.at(-1);
      if (last === undefined) throw new Error(`line ${firstLine + i}: output before the first "$ "`);
      last.shown.push(line);
      continue;
    }
    let command = line.slice(2);
    const at = firstLine + i;
    while (command.endsWith("\\") && i + 1 < body.length) command += `\n${body[++i]}`;
    commands.push({ line: at, command, shown: [], exitCode, skip });
  }
  return commands;
}

/** The first line of `shown` that the output does not have, or undefined where all agrees. */
export function mismatch(shown: readonly string[], output: string): string | undefined {
  const printed = output.replace(/\n+$/, "").split("\n").map(withoutFigures);
  const wanted = shown.map(withoutFigures);
  while (wanted.at(-1) === "") wanted.pop();
  return match(wanted, 0, printed, 0)
    ? undefined
    : `shown:\n${wanted.join("\n")}\nprinted:\n${printed.join("\n")}`;
}

function match(wanted: readonly string[], w: number, printed: readonly string[], p: number): boolean {
  if (w === wanted.length) return p === printed.length;
  if (wanted[w]!.trim() === "...") {
    for (let next = p; next <= printed.length; next++) if (match(wanted, w + 1, printed, next)) return true;
    return false;
  }
  return p < printed.length && lineMatches(wanted[w]!, printed[p]!) && match(wanted, w + 1, printed, p + 1);
}

function lineMatches(wanted: string, printed: string): boolean {
  const parts = wanted.trimEnd().split("...").map(escapeRegExp);
  return new RegExp(`^${parts.join(".*")}$`).test(printed.trimEnd());
}

function escapeRegExp(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

function withoutFigures(line: string): string {
  return line
    .replaceAll(/\b\d[\d.,]* ?[kMG]?( [a-z]+)?\/s\b/g, "<rate>$1")
    .replaceAll(/\b\d[\d.,]* ?(ms|s|min|seconds?)\b/g, "<time>");
}
