// Goal: every flag's value is read as people write it, and what is wrong is named with what to write instead.

import { describe, expect, it } from "vitest";
import { UsageError } from "../../src/base/errors.ts";
import { nearest } from "../../src/base/names.ts";
import {
  parseCount,
  parseDuration,
  parseJobs,
  parseSeed,
  parseStepsMax,
  parseStrategy,
  parseUi,
} from "../../src/cli/values.ts";
import { parseFault } from "../../src/work/fault.ts";

describe("values of flags", () => {
  it.each([
    ["500ms", 500],
    ["30s", 30_000],
    ["1.5s", 1500],
    ["5m", 300_000],
    ["1h", 3_600_000],
    ["2d", 172_800_000],
  ])("reads the time %s", (text, ms) => expect(parseDuration(text)).toBe(ms));

  it.each(["", "30", "s", "-5s", "0s", "1e3s", "5 m", "99d", "0.0001ms"])("refuses the time %j", (text) => {
    expect(() => parseDuration(text)).toThrow(UsageError);
  });

  it.each([
    ["1000", 1000],
    ["1_000_000", 1_000_000],
    ["10k", 10_000],
    ["5M", 5_000_000],
    ["1e6", 1_000_000],
  ])("reads the count %s", (text, value) => expect(parseCount("--schedules", text, 1e9)).toBe(value));

  it.each(["0", "-1", "1.5", "ten", "", "1e99", "0x10"])("refuses the count %j", (text) => {
    expect(() => parseCount("--schedules", text, 1e9)).toThrow(/--schedules/);
  });

  it("reads a seed of 64 bits in decimal and in hex", () => {
    expect(parseSeed("42")).toBe(42n);
    expect(parseSeed("0x2a")).toBe(42n);
    expect(parseSeed("18446744073709551615")).toBe((1n << 64n) - 1n);
    expect(parseSeed("0xffffffffffffffff")).toBe((1n << 64n) - 1n);
    for (const text of ["-1", "18446744073709551616", "0x1ffffffffffffffff", "", "abc", "4.2"]) {
      expect(() => parseSeed(text), text).toThrow(UsageError);
    }
  });

  it("refuses what the limits do not allow", () => {
    expect(() => parseJobs("0")).toThrow(UsageError);
    expect(() => parseJobs("257")).toThrow(/largest is 256/);
    expect(() => parseStepsMax("65537")).toThrow(/largest is 65536/);
    expect(parseStepsMax(undefined)).toBe(10_000);
    expect(() => parseUi("fancy")).toThrow(/--ui fancy/);
  });

  it("lists the strategies where one is unknown", () => {
    expect(() => parseStrategy("portfolio")).toThrow(/unknown strategy portfolio/);
    try {
      parseStrategy("portfolio");
    } catch (error) {
      expect((error as UsageError).hint).toContain("random");
    }
  });

  it("suggests the names that are near, and none that is far", () => {
    expect(nearest("clos-vs-rmdir", ["close-vs-rmdir", "close-vs-oom", "other"])[0]).toBe("close-vs-rmdir");
    expect(nearest("xyzzy", ["close-vs-rmdir"])).toEqual([]);
  });

  it("reads the injected fault, and refuses one that is misspelt rather than to test nothing", () => {
    expect(parseFault(undefined)).toBeNull();
    expect(parseFault("trap:3")).toEqual({ kind: "trap", shard: 3, always: false });
    expect(parseFault("exit:0:always")).toEqual({ kind: "exit", shard: 0, always: true });
    expect(() => parseFault("crash:3")).toThrow(UsageError);
  });
});
