// Goal: every flag's value is read as people write it, and what is wrong is named with what to write instead.

import { describe, expect, it } from "vitest";
import { Strategy } from "../../assembly/abi.ts";
import { UsageError } from "../../src/base/errors.ts";
import { nearest } from "../../src/base/names.ts";
import { memberOf, readStrategy, strategyName } from "../../src/campaign/strategies.ts";
import {
  parseCount,
  parseDuration,
  parseJobs,
  parseSeed,
  parseStepsMax,
  parseStrategy,
  parseUi,
} from "../../src/cli/values.ts";
import { lanesMember, scalarMember } from "../../src/engine/lanes.ts";
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

  it.each([
    ["xyzzy", "unknown strategy xyzzy", "strategies: random, pos, urw, surw, portfolio, pct:D, sticky:P"],
    ["portfolo", "unknown strategy portfolo", "did you mean portfolio?"],
    ["ptc:3", "unknown strategy ptc:3", "did you mean pct:3?"],
    ["pct", "strategy pct lacks the depth of the bugs that it looks for", "write pct:3"],
    [
      "pct:17",
      "strategy pct:17 has no such depth",
      "write pct:D with a depth D from 1 to 16, for example pct:3",
    ],
    [
      "pct:3:0",
      "strategy pct:3:0 has no such number of steps",
      "write pct:3, or pct:3:K with K steps from 1 to 65535",
    ],
    [
      "sticky",
      "strategy sticky does not say how often a task steps on",
      "write sticky:P with P percent from 0 to 99, for example sticky:90",
    ],
    ["pos:3", "strategy pos takes no parameter, and pos:3 has one", "write pos"],
    ["lanes", "lanes are an engine, not a strategy", "write --strategy random --engine lanes"],
    ["lanes-sticky-90", "lanes are an engine, not a strategy", "write --strategy sticky-90 --engine lanes"],
    ["lanes-pct-3", "lanes are an engine, not a strategy", "write --strategy pct-3 --engine lanes"],
  ])("says what is wrong with the strategy %s", (text, message, hint) => {
    let caught: unknown;
    try {
      parseStrategy(text);
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(UsageError);
    expect(caught).toMatchObject({ message, hint });
  });

  it.each([
    ["lanes-sticky-0", Strategy.LANES_STICKY, Strategy.STICKY, 0, 0],
    ["lanes-sticky-99", Strategy.LANES_STICKY, Strategy.STICKY, 99, 0],
    ["lanes-pct-1", Strategy.LANES_PCT, Strategy.PCT, 1, 0],
    ["lanes-pct-16-65535", Strategy.LANES_PCT, Strategy.PCT, 16, 65_535],
  ])("knows tokens of lanes as %s", (name, inLanes, onMachine, parameter, steps) => {
    const member = memberOf(inLanes, parameter, steps);
    expect(strategyName(member)).toBe(name);
    expect(readStrategy(name)).toEqual({ member });
    expect(scalarMember(member)).toBe(memberOf(onMachine, parameter, steps));
    expect(lanesMember(memberOf(onMachine, parameter, steps))).toBe(member);
  });

  it.each(["random", "pct-3", "pct-16-65535", "pos", "urw", "surw", "sticky-0", "sticky-99", "portfolio"])(
    "reads the strategy %s with dashes or colons, and names it so",
    (name) => {
      expect(strategyName(parseStrategy(name))).toBe(name);
      expect(strategyName(parseStrategy(name.replaceAll("-", ":")))).toBe(name);
    },
  );

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
