// Where things stand in a timeline, pixels from its left edge. Two layouts of the same rows: columns, one a
// task, whose text may run on to the right because each row has one step only; and rails, close together,
// with all text beside them, for a narrow screen, paper, and many tasks. The browser gets both and shows
// one.

/** Tasks of a run at most (TASKS_MAX of assembly/abi.ts). */
const TASKS = 15;
/** Beyond that, columns are too close together for their heads. */
const COLUMN_TASKS_MAX = 7;
/** From column to column, by the number of tasks. */
const PITCHES: readonly number[] = [300, 300, 300, 212, 146, 108, 86, 72];
const NUMBERS = 46;
/** Height of a line of text, and of the gap between rows. */
export const LINE = 18;
export const GAP = 4;
/** Bars of objects' lives. */
export const BAR = 14;
const BAR_PITCH = 20;
const BARS_MAX = 8;
/** In a column: arrows that come in, sections, locks, the task's own line, text. */
const RAIL = 24;
const TEXT = 36;
/** Of a text of ROW_COLUMNS characters. */
const TEXT_WIDTH = 290;
/** Lines of a row before its statement: a task's name, functions entered. */
const LINES_MAX = 40;
const NARROW_NUMBERS = 34;
const NARROW_PITCH = 13;
const NARROW_PITCH_MANY = 9;

export interface Geometry {
  readonly name: "columns" | "rails";
  readonly width: number;
  rail(task: number): number;
  bar(life: number): number;
  /** How far left of a task's line sections and locks stand, and where arrows come down. */
  readonly section: number;
  readonly lock: number;
  arrow(n: number): number;
}

export function hasColumns(tasks: number): boolean {
  return tasks <= COLUMN_TASKS_MAX;
}

export function columnsGeometry(tasks: number, lives: number): Geometry {
  const left = columnsLeft(lives);
  const pitch = PITCHES[tasks] ?? 0;
  return {
    name: "columns",
    width: left + Math.max(0, tasks - 1) * pitch + TEXT + TEXT_WIDTH,
    rail: (task) => left + task * pitch + RAIL,
    bar: (life) => NUMBERS + life * BAR_PITCH,
    section: 7,
    lock: 4,
    arrow: (n) => 12 + 3 * (n % 3),
  };
}

export function railsGeometry(tasks: number): Geometry {
  const pitch = railsPitch(tasks);
  return {
    name: "rails",
    width: NARROW_NUMBERS + tasks * pitch,
    rail: (task) => NARROW_NUMBERS + task * pitch + pitch / 2,
    bar: () => 0,
    section: 4,
    lock: 2.5,
    arrow: () => pitch / 2,
  };
}

function columnsLeft(lives: number): number {
  return NUMBERS + (lives === 0 ? 0 : lives * BAR_PITCH + 8);
}

function railsPitch(tasks: number): number {
  return tasks > 8 ? NARROW_PITCH_MANY : NARROW_PITCH;
}

/**
 * The part of the style sheet that has to agree with the figures above: no page may carry style of its own.
 */
export function geometryStyle(): string {
  const rules: string[] = [];
  const rule = (selector: string, ...declarations: string[]) => {
    rules.push(`${selector}{${declarations.join(";")}}`);
  };
  for (let task = 0; task < TASKS; task++) rule(`.k${task}`, `--k:${task}`);
  for (let lives = 0; lives <= BARS_MAX; lives++) rule(`.lives${lives}`, `--left:${columnsLeft(lives)}px`);
  for (let life = 0; life < BARS_MAX; life++) rule(`.bar${life}`, `left:${NUMBERS + life * BAR_PITCH}px`);
  for (let tasks = 0; tasks <= TASKS; tasks++) {
    const rails = NARROW_NUMBERS + tasks * railsPitch(tasks) + 4;
    rule(`.tasks${tasks}`, `--pitch:${PITCHES[tasks] ?? 0}px`, `--rails:${rails}px`);
  }
  // The number stands where the dot does.
  for (let before = 0; before < LINES_MAX; before++) rule(`.p${before}`, `top:${GAP / 2 + before * LINE}px`);
  rule(".steps > li", `padding:${GAP / 2}px 0`, `line-height:${LINE}px`);
  rule(".timeline", `--text:${TEXT}px`, `--text-width:${TEXT_WIDTH}px`);
  return rules.join("\n");
}
