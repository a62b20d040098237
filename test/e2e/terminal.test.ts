// Goal: on a real terminal the screen is redrawn in place, survives a resize, and the terminal is left as it
// was however the program ends. Method: the built program on a pseudo-terminal (test/support/terminal.py);
// what it writes goes to a terminal of our own, and is looked at there. Skipped where there is no python3.

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { packageRoot } from "../../src/base/paths.ts";
import { launcher } from "../support/cli.ts";
import { Terminal } from "../support/terminal.ts";

const python = spawnSync("python3", ["-c", "import pty"]).status === 0;
const ROWS = 40;
const LONG = 60_000;

interface Action {
  /** Once this has come since the action before. */
  readonly when: string;
  readonly resize?: number;
  readonly kill?: number;
}

interface Session {
  readonly terminal: Terminal;
  /** What stood on it whenever something came. */
  readonly screens: readonly (readonly string[])[];
  readonly code: number;
}

function session(args: readonly string[], actions: readonly Action[], columns = 80): Session {
  const { CI: _, ...env } = process.env;
  const command = [process.execPath, launcher, ...args];
  const pty = join(packageRoot, "test", "support", "terminal.py");
  const run = spawnSync(
    "python3",
    [pty, String(columns), String(ROWS), JSON.stringify(actions), ...command],
    {
      encoding: "utf8",
      env: { ...env, TERM: "xterm", NO_COLOR: "1" },
      timeout: LONG,
    },
  );
  if (run.status !== 0) throw new Error(`terminal.py: ${run.stderr}`);
  const { events, code } = JSON.parse(run.stdout) as { events: (string | number)[]; code: number };
  const terminal = new Terminal(columns, ROWS);
  const screens = events.map((event) => {
    if (typeof event === "number") terminal.resize(event);
    else terminal.write(Buffer.from(event, "base64").toString("latin1"));
    return terminal.lines().filter((line) => line !== "");
  });
  return { terminal, screens, code };
}

const TITLE = /^raceproof \S+ bpf-oom\/v2 close-vs-rmdir/;
const fuzz = ["fuzz", "bpf-oom/v2", "--seed", "42", "--time", "3s"];
const titles = (screen: readonly string[]): number => screen.filter((line) => TITLE.test(line)).length;

test.skipIf(!python)("the screen is redrawn in place and gone at the end", { timeout: LONG }, () => {
  const { terminal, screens, code } = session(fuzz, []);
  // What comes after it is the report, which may come in parts.
  const drawn = screens.filter((screen) => titles(screen) > 0);
  expect(drawn.length).toBeGreaterThan(3);
  for (const screen of drawn) {
    expect(titles(screen)).toBe(1);
    expect(screen.length).toBeLessThanOrEqual(12);
  }
  const text = drawn.map((screen) => screen.join("\n")).join("\n");
  const words = ["active", "schedules", "findings", "behaviours", "reached", "workers", "ends after 3s"];
  for (const word of words) expect(text).toContain(word);
  expect(terminal.lines()[0]).toMatch(/^VIOLATIONS: /);
  expect(titles(terminal.lines())).toBe(0);
  expect(terminal.cursorShown).toBe(true);
  expect(code).toBe(1);
});

test.skipIf(!python)(
  "the screen survives that the terminal becomes narrow and wide again",
  { timeout: LONG },
  () => {
    const actions = [
      { when: "behaviours", resize: 40 },
      { when: "behaviours", resize: 25 },
      { when: "behaviours", resize: 90 },
    ];
    const { terminal, screens } = session(fuzz, actions);
    // Right after a change of width the old lines stand there broken, until they are drawn anew.
    const whole = screens.filter((screen) => titles(screen) === 1);
    expect(whole.length).toBeGreaterThan(3);
    expect(
      screens.filter((screen) => screen.filter((line) => line.startsWith("raceproof ")).length > 1),
    ).toEqual([]);
    expect(terminal.lines()[0]).toMatch(/^VIOLATIONS: /);
    expect(terminal.cursorShown).toBe(true);
  },
);

test.skipIf(!python).each([
  ["SIGINT", 2, 130],
  ["SIGTERM", 15, 143],
])("%s gives the cursor back", { timeout: LONG }, (_name, signal, expected) => {
  const args = ["fuzz", "bpf-oom/v2", "--seed", "42", "--time", "60s"];
  const { terminal, code } = session(args, [{ when: "behaviours", kill: signal }]);
  expect(terminal.cursorShown).toBe(true);
  expect(titles(terminal.lines())).toBe(0);
  expect(code).toBe(expected);
});

test.skipIf(!python)("an error in a campaign gives the cursor back", { timeout: LONG }, () => {
  process.env.RACEPROOF_FAULT = "trap:9:always";
  try {
    const { terminal, code } = session(fuzz, []);
    expect(terminal.cursorShown).toBe(true);
    expect(terminal.lines().join("\n")).toContain("raceproof: ");
    expect(code).toBe(70);
  } finally {
    delete process.env.RACEPROOF_FAULT;
  }
});

test.skipIf(!python)("list keeps its columns on a narrow terminal", { timeout: LONG }, () => {
  const { terminal, code } = session(["list"], [], 60);
  const lines = terminal.lines().filter((line) => line !== "");
  expect(lines.length).toBeGreaterThan(20);
  // What a terminal breaks itself goes on in the first column.
  for (const line of lines) expect(line).toMatch(/^( {2}|[\w/-]+$)/);
  expect(code).toBe(0);
});
