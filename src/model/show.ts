// A program in words: its tasks with their steps, its objects, its checks and the front-end's remarks. Pure;
// made from the IR, so it shows what every back end gets. At most SHOW_COLUMNS wide.

import { type Entry, type Instruction, type IrProgram, isStep } from "./ir.ts";

/** Width of the longest line. */
export const SHOW_COLUMNS = 100;

const OPERATION_COLUMNS = 21;
const TEXT_COLUMNS = 34;

export interface ShowOptions {
  /** Each entry's steps too. */
  readonly steps: boolean;
}

/** Lines joined by "\n", without one at the end. */
export function showProgram(ir: IrProgram, options: ShowOptions): string {
  const lines = ["tasks"];
  for (const task of tasksOf(ir)) {
    const entry = ir.entries[task.entry];
    if (entry === undefined) continue;
    const steps = entry.code.filter(isStep).length;
    const count = `${steps} step${steps === 1 ? "" : "s"}`;
    lines.push(oneLine(`  ${task.kind.padEnd(OPERATION_COLUMNS)}  ${count.padStart(9)}  ${task.label}`));
    if (options.steps) lines.push(...stepLines(ir, entry));
  }
  lines.push("", `objects (${ir.globals.length} globals)`);
  for (const g of ir.globals) {
    const name = ir.classes[g.class]?.name ?? "";
    const cells = `${g.size} cell${g.size === 1 ? "" : "s"}`;
    lines.push(oneLine(`  ${cut(name, 28).padEnd(28)}  ${cells.padStart(12)}  ${g.name}`));
  }
  const local = ir.entries.flatMap((e) => e.locals.map((l) => ({ ...l, entry: e.name })));
  if (local.length > 0) lines.push("", `locals in memory (${local.length})`);
  for (const l of local) {
    const name = cut(ir.classes[l.class]?.name ?? "", 28);
    const cells = `${l.size} cell${l.size === 1 ? "" : "s"}`;
    lines.push(oneLine(`  ${name.padEnd(28)}  ${cells.padStart(12)}  ${l.name} of ${l.entry}`));
  }
  if (ir.notes.length > 0) lines.push("", "notes", ...ir.notes.flatMap((n) => wrapped(n)));
  return lines.join("\n");
}

interface Task {
  readonly kind: string;
  readonly label: string;
  readonly entry: number;
}

function tasksOf(ir: IrProgram): Task[] {
  return [
    { kind: "set-up", label: ir.scenario, entry: ir.setup },
    ...ir.threads.map((t) => ({ kind: "thread", label: t.label, entry: t.entry })),
    ...ir.functions.flatMap((f) =>
      f.entry < 0 ? [] : [{ kind: "kworker, callback", label: f.name, entry: f.entry }],
    ),
    ...ir.checks.map((c) => ({ kind: c.kind, label: c.text, entry: c.entry })),
  ];
}

function stepLines(ir: IrProgram, entry: Entry): string[] {
  return entry.code.flatMap((i, at) => {
    if (!isStep(i)) return [];
    const place = ir.places[i.place];
    const where = `${ir.files[place?.file ?? -1] ?? ""}:${place?.line ?? 0}`;
    const operation = operationOf(i).padEnd(OPERATION_COLUMNS);
    return [
      stepLine(`${String(at).padStart(6)}  ${operation}  `, place?.text ?? "", where, place?.function ?? ""),
    ];
  });
}

/** The function's name gives way to the text, then the file's folders do; the text gives way to the line. */
function stepLine(start: string, text: string, where: string, name: string): string {
  const room = SHOW_COLUMNS - start.length;
  const padded = text.padEnd(TEXT_COLUMNS);
  const whole = `${where} ${name}()`;
  if (padded.length + 2 + whole.length <= room) return `${start}${padded}  ${whole}`;
  if (text.length + 2 + whole.length <= room) return `${start}${text}  ${whole}`;
  if (text.length + 2 + where.length <= room) return `${start}${text}  ${where}`;
  const file = cut(where.replace(/^.*\//, ""), room >> 1);
  return `${start}${cut(text, room - file.length - 2)}  ${file}`;
}

/** What a step does, in the kernel's words where it has some. */
function operationOf(i: Instruction): string {
  switch (i.op) {
    case "primitive":
      return i.name;
    case "rmw":
      return i.operator === "xchg" ? "xchg" : `atomic ${i.operator}`;
    case "fence":
      return `fence ${i.kind}`;
    case "load":
    case "store":
      return i.order === "plain" ? i.op : `${i.op} ${i.order}`;
    default:
      return i.op;
  }
}

function cut(text: string, columns: number): string {
  return text.length <= columns ? text : `${text.slice(0, columns - 3)}...`;
}

function oneLine(line: string): string {
  return cut(line, SHOW_COLUMNS);
}

/** A remark on as many lines as it needs. */
function wrapped(note: string): string[] {
  const lines: string[] = [];
  let line = " ";
  for (const word of note.split(" ")) {
    if (line.trim() !== "" && line.length + 1 + word.length > SHOW_COLUMNS) {
      lines.push(line);
      line = "   ";
    }
    line += ` ${word}`;
  }
  return [...lines, line].map(oneLine);
}
