// Goal: a token is what it replays, and a token that was damaged says so. Method: round trips over random
// schedules, every single-character damage of one token, and the message for each way of being wrong.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UsageError } from "../../src/base/errors.ts";
import { formatSegments, formatToken, parseToken } from "../../src/campaign/tokens.ts";

const hash = fc.stringMatching(/^[0-9a-f]{8}$/);
const runs = { seed: 42, numRuns: 500 };

describe("schedule tokens", () => {
  it("come back from text as they were, but for trailing zero choices", () => {
    const picks = fc.array(fc.integer({ min: 0, max: 14 }), { maxLength: 200 });
    const choices = fc.array(fc.integer({ min: 0, max: 0xffffffff }), { maxLength: 20 });
    fc.assert(
      fc.property(hash, picks, choices, (h, p, c) => {
        const parsed = parseToken(formatToken({ kind: "schedule", hash: h, picks: p, choices: c }));
        const kept = c.slice(0, c.findLastIndex((value) => value !== 0) + 1);
        expect(parsed).toEqual({ kind: "schedule", hash: h, picks: p, choices: kept });
      }),
      runs,
    );
  });

  it("are short: a segment is a letter and a count", () => {
    expect(formatSegments([0, 0, 0, 0, 0, 1, 1, 0])).toBe("a5b2a");
    const token = formatToken({
      kind: "schedule",
      hash: "1a2b3c4d",
      picks: [0, 0, 2],
      choices: [3, 0, 1, 0],
    });
    expect(token).toBe("rp1s:1a2b3c4d:a2c.3-0-1.4038");
  });

  it("notice every change of one character", () => {
    const token = formatToken({ kind: "schedule", hash: "1a2b3c4d", picks: [0, 0, 1, 14, 0], choices: [7] });
    for (let at = 0; at < token.length; at++) {
      for (const other of "0a1bf.:-") {
        if (token[at] === other) continue;
        const damaged = token.slice(0, at) + other + token.slice(at + 1);
        expect(() => parseToken(damaged), damaged).toThrow(UsageError);
      }
    }
  });

  it("notice that they were cut off, wherever that was", () => {
    const token = formatToken({
      kind: "schedule",
      hash: "1a2b3c4d",
      picks: [0, 0, 1, 14, 0],
      choices: [7, 8],
    });
    for (let length = 0; length < token.length; length++) {
      expect(() => parseToken(token.slice(0, length)), token.slice(0, length)).toThrow(UsageError);
    }
  });

  it("never crash the parser, whatever the text", () => {
    const text = fc.oneof(
      fc.string({ maxLength: 80 }),
      fc.string({ maxLength: 80 }).map((s) => `rp1s:${s}`),
      fc.string({ maxLength: 80 }).map((s) => `rp1s:00000000:${s}`),
      fc.string({ maxLength: 80 }).map((s) => `rp1:${s}`),
    );
    fc.assert(
      fc.property(text, (t) => {
        try {
          parseToken(t);
        } catch (error) {
          expect(error).toBeInstanceOf(UsageError);
        }
      }),
      { seed: 42, numRuns: 2000 },
    );
  });
});

describe("seed tokens", () => {
  it("come back from text as they were", () => {
    const seed = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
    const schedule = fc.integer({ min: 0, max: 2 ** 50 - 1 });
    fc.assert(
      fc.property(hash, seed, schedule, (h, s, i) => {
        const token = { kind: "seed", hash: h, strategy: "random", seed: s, schedule: i } as const;
        expect(parseToken(formatToken(token))).toEqual(token);
      }),
      runs,
    );
  });

  it.each([
    ["rp1:1a2b3c4d:random:42", /cut off: its SCHEDULE is missing/],
    ["rp1:1a2b3c4d:random", /cut off: its SEED:SCHEDULE is missing/],
    ["rp1:1a2b3c4d", /cut off: its STRATEGY:SEED:SCHEDULE is missing/],
    ["rp1:1a2b3c4:random:42:1", /program hash "1a2b3c4" is not 8 hex digits/],
    ["rp1:1a2b3c4d:random:18446744073709551616:1", /is not a decimal number below 2\^64/],
    ["rp1:1a2b3c4d:random:42:-1", /schedule number "-1"/],
    ["rp1:1a2b3c4d:random:42:1:2", /more than five parts/],
    ["rp1:1a2b3c4d:Ran dom:42:1", /strategy "Ran dom" is not a name/],
    ["rp2:1a2b3c4d:random:42:1", /version 2 is unknown/],
    ["hello", /"hello" is not a token/],
    ["", /is not a token/],
  ])("says what is wrong with %s", (text, message) => {
    expect(() => parseToken(text)).toThrow(message);
  });

  it("does not repeat control characters of a hostile token", () => {
    const message = (() => {
      try {
        parseToken("\u001b[2Jevil\u0007");
        return "";
      } catch (error) {
        return (error as Error).message;
      }
    })();
    expect(message).toContain("evil");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: their absence is the point
    expect(message).not.toMatch(/[\u0000-\u001f]/);
  });
});
