// Goal: one grammar for files of tokens. What a report prints can be pasted; what is wrong is named with
// file and line.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { shellQuoted, shellWords } from "../../src/base/shell.ts";
import { parseRegressions, regressionLine } from "../../src/campaign/regressions.ts";
import { formatToken, parseToken } from "../../src/campaign/tokens.ts";
import { replayLines } from "../../src/report/evidence.ts";

const TOKEN = formatToken({ kind: "schedule", hash: "1a2b3c4d", picks: [0, 0, 1, 0], choices: [] });
const SEED = "rp1:1a2b3c4d:random:42:17";
const parse = (text: string) => parseRegressions(text, "races.txt");

describe("a line", () => {
  test("is a token with its model, scenario and flags", () => {
    const [entry] = parse(`${TOKEN} my.c --scenario close-vs-rmdir --define A=1 --define=B --max-steps 9`);
    expect(entry).toEqual({
      kind: "token",
      line: 1,
      text: TOKEN,
      token: { kind: "schedule", hash: "1a2b3c4d", picks: [0, 0, 1, 0], choices: [] },
      known: false,
      model: "my.c",
      scenario: "close-vs-rmdir",
      define: ["A=1", "B"],
      include: [],
      stub: [],
      strict: false,
      maxSteps: "9",
    });
  });

  test("may be the command of a report, in as many lines as that takes", () => {
    const pasted = `  raceproof repro '${TOKEN}' \\\n      bpf-oom/v2 --scenario close-vs-rmdir\n`;
    expect(parse(`# two\n${pasted}\n${SEED}`)).toMatchObject([
      { line: 2, text: TOKEN, model: "bpf-oom/v2", scenario: "close-vs-rmdir" },
      { line: 5, text: SEED },
    ]);
  });

  test("may wrap a long token inside its quotes, as a mail does", () => {
    const token = formatToken({
      kind: "schedule",
      hash: "1a2b3c4d",
      picks: Array.from({ length: 200 }, (_, i) => i % 3),
      choices: [],
    });
    const model = { name: "a.c", scenario: "x", hash: "1a2b3c4d", memoryModel: "sc" as const };
    const lines = replayLines(model, token, 72).map(({ text }) => text);
    for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(72);
    expect(parse(lines.slice(1).join("\n"))).toMatchObject([{ token: { hash: "1a2b3c4d" }, scenario: "x" }]);
    expect(
      parseToken(
        lines
          .slice(1, -1)
          .join("\n> ")
          .replace(/^.*'|' .*$/g, ""),
      ),
    ).toEqual(parseToken(token));
  });

  test("may say that a race is known, or name a scenario to be checked", () => {
    expect(parse(`known ${SEED} a.c # until the next version\ncheck b.c --scenario x\r\n`)).toMatchObject([
      { kind: "token", known: true, model: "a.c" },
      { kind: "scenario", line: 2, model: "b.c", scenario: "x" },
    ]);
  });

  test("may be empty or a comment", () => {
    expect(parse("\n   \n# nothing\n\t# at all")).toEqual([]);
  });

  test.each([
    ["rp1:zz", /races\.txt:1: the token .*cut off/],
    ["known", /races\.txt:1: there is no token/],
    [`${SEED} a.c b.c`, /races\.txt:1: "b\.c" is one word too many/],
    [`${SEED} 'a.c`, /races\.txt:1: a quote is not closed/],
    [`\n${SEED} --seed 4`, /races\.txt:2: --seed is no flag of a model/],
    [`${SEED} a.c --scenario`, /races\.txt:1: --scenario lacks its value/],
    ["check --scenario x", /races\.txt:1: check names no model/],
    ["check\n# fine\nknown", /races\.txt:1: check names no model; races\.txt:3: there is no token/],
    ["x\n".repeat(12), /races\.txt:10: "x" is not a token; and 2 more$/],
  ])("that is wrong is named: %s", (text, message) => {
    expect(() => parse(text)).toThrow(message);
  });

  test("is what regressionLine writes, whatever the names", () => {
    const word = fc.string({ minLength: 1, unit: "binary" }).filter((s) => !/[\r\n]|^-|^$/.test(s));
    fc.assert(
      fc.property(word, word, word, (name, scenario, value) => {
        const flags = [`--define=A=${value}`];
        const model = { name, scenario, hash: "1a2b3c4d", memoryModel: "sc" as const, flags };
        const [entry] = parse(regressionLine(model, TOKEN));
        expect(entry).toMatchObject({ text: TOKEN, model: name, scenario, define: [`A=${value}`] });
      }),
      { seed: 7, numRuns: 300 },
    );
  });
});

test("words survive quoting", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "binary" })), (words) => {
      expect(shellWords(words.map(shellQuoted).join(" "))).toEqual(words);
    }),
    { seed: 7, numRuns: 500 },
  );
});

test("a comment begins where a word could, and an open quote is told", () => {
  expect(shellWords("  rp1s:x  m.c # why 'not")).toEqual(["rp1s:x", "m.c"]);
  expect(shellWords("# all")).toEqual([]);
  expect(shellWords("a#b")).toEqual(["a#b"]);
  expect(shellWords("a 'b")).toBeUndefined();
});
