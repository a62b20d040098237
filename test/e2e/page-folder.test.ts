// Goal: the page of a campaign's folder shows what the store holds: a finding without a folder is drawn
// again, whoever drew it; a store of 10,000 findings and 10^12 schedules gives a page in seconds, with its
// figures right and with what it left out. Method: the built program makes campaigns, the tests take files
// away or put rows in by SQL, and read the page as text.

import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { campaignPage } from "../../src/cli/campaign-page.ts";
import { pageAssets } from "../../src/cli/page-assets.ts";
import { renderPage } from "../../src/report/html/page.ts";
import { COUNTER, folder, run } from "../support/cli.ts";
import { query } from "../support/stored.ts";

const place = folder({ "counter.c": COUNTER });
const options = { cwd: place.path };
const RACE = ["bpf-oom/v2", "--scenario", "close-vs-rmdir", "--seed", "1", "--ui", "none"];

afterAll(() => place.remove());

async function pageOf(name: string): Promise<string> {
  const made = await run(["report", name, "-o", `${name}.html`], options);
  expect(made.code, made.stderr).toBe(0);
  return readFileSync(join(place.path, `${name}.html`), "utf8");
}

interface Told {
  readonly title: string;
  readonly token: string;
  readonly drawn: string;
  readonly seen: string;
}

function toldOf(page: string): Told[] {
  return page
    .split("<article ")
    .slice(1)
    .map((article) => {
      const one = (pattern: RegExp): string => pattern.exec(article)?.[1] ?? "";
      return {
        title: one(/<h2 [^>]*><a [^>]*>\d+\.<\/a> ([^<]*)</),
        token: one(/raceproof repro &#39;(rp1s:[^&]*)&#39;/),
        drawn: one(/<dt>as drawn<\/dt><dd>([^<]*)</),
        seen: one(/<dt>seen<\/dt><dd>([^<]*)</),
      };
    });
}

describe("findings without a folder of their own", () => {
  // Which member of the portfolio drew the third is what its plan says of schedule 1131.
  test.each([
    ["portfolio", [], ["random:1:0", "random:1:3", "surw:1:1131"]],
    ["pct", ["--strategy", "pct-3"], ["pct-3:1:1", "pct-3:1:2", "pct-3:1:6"]],
    ["lanes", ["--strategy", "random", "--engine", "lanes"], [/^lanes:1:/, /^lanes:1:/, /^lanes:1:/]],
  ])("%s: drawn again from the row of their shard", async (name, flags, drawn) => {
    const found = await run(["fuzz", ...RACE, "--schedules", "20k", "--out", name, ...flags], options);
    expect(found.code, found.stderr).toBe(1);
    const before = toldOf(await pageOf(name));
    rmSync(join(place.path, name, "findings"), { recursive: true });
    const after = toldOf(await pageOf(name));
    const tokens = after.map((told) => told.drawn.replace(/^rp1:20a85f56:/, ""));
    expect(tokens).toEqual(
      drawn.map((each) => (typeof each === "string" ? each : expect.stringMatching(each))),
    );
    const said = (told: readonly Told[]) => told.map(({ title, seen, drawn: by }) => ({ title, seen, by }));
    expect(said(after)).toEqual(said(before));
    for (const { token, title } of after) {
      const replayed = await run(["repro", token, "bpf-oom/v2", "--scenario", "close-vs-rmdir"], options);
      expect(replayed.code, replayed.stderr).toBe(1);
      expect(replayed.stdout.replaceAll(/\s+/g, " ")).toContain(title.replace("&gt;", ">"));
    }
  });

  test("a file that shows another finding is not believed", async () => {
    const found = await run(["fuzz", ...RACE, "--schedules", "20k", "--out", "mixed"], options);
    expect(found.code).toBe(1);
    const before = toldOf(await pageOf("mixed"));
    const files = query(join(place.path, "mixed"), "SELECT id FROM finding").map(({ id }) =>
      join(place.path, "mixed", "findings", String(id), "token"),
    );
    const texts = files.map((file) => readFileSync(file, "utf8"));
    for (const [n, file] of files.entries()) writeFileSync(file, texts[(n + 1) % texts.length]!);
    const after = toldOf(await pageOf("mixed"));
    expect(after.map(({ title, drawn }) => [title, drawn])).toEqual(
      before.map(({ title, drawn }) => [title, drawn]),
    );
  });
});

describe("the verdict is that of fuzz, and nothing that was cut short is a pass", () => {
  beforeAll(async () => {
    const flags = ["--scenario", "quiet", "--seed", "1", "--schedules", "2000", "--ui", "none"];
    const found = await run(["fuzz", "counter.c", ...flags, "--out", "clean"], options);
    expect([found.code, found.stdout.split(":")[0]]).toEqual([0, "NONE FOUND"]);
  });

  test.each([
    ["'schedules'", "NONE FOUND", "no violation in 2,000 schedules;"],
    ["'until-plateau'", "NONE FOUND", "no violation in 2,000 schedules;"],
    // It was to be so many schedules, and time was up before.
    ["'time'", "INCONCLUSIVE", "a limit ended the run after 2,000 schedules;"],
    ["'interrupted'", "INCONCLUSIVE", "interrupted after 2,000 schedules;"],
    // It was killed.
    ["NULL", "INCONCLUSIVE", "no violation in 2,000 schedules so far;"],
  ])("ended by %s: %s", async (endedBy, verdict, outcome) => {
    change("clean", `UPDATE session SET ended_by = ${endedBy}`);
    const page = await pageOf("clean");
    const [, words, rest] = /<span class="verdict \w+">([^<]*)<\/span>\s*([^;]*;)/.exec(page)!;
    expect([words, rest]).toEqual([verdict, outcome]);
  });

  test("a shard that could not be run", async () => {
    change("clean", "UPDATE session SET ended_by = 'schedules'");
    change("clean", "UPDATE result SET kind = 'crashed'");
    const page = await pageOf("clean");
    expect(/<span class="verdict \w+">([^<]*)</.exec(page)![1]).toBe("INCONCLUSIVE");
    expect(page).toContain("1 shards could not be run, and count for nothing");
  });
});

function change(name: string, sql: string): void {
  const database = new DatabaseSync(join(place.path, name, "campaign.db"));
  database.exec(sql);
  database.close();
}

/** Rows beyond those of a campaign that was run: results like its first, findings that nobody has seen. */
function grow(
  name: string,
  { shards, findings, schedules }: Record<"shards" | "findings" | "schedules", number>,
) {
  const database = new DatabaseSync(join(place.path, name, "campaign.db"));
  const each = Math.round(schedules / shards);
  database.exec("BEGIN");
  const result = database.prepare(
    `INSERT INTO result SELECT campaign, ?, kind, digest, runs, ?, ?, dropped, tally, worker, took_ms, at
     FROM result WHERE shard = 0`,
  );
  const finding = database.prepare("INSERT INTO finding SELECT id, ?, ?, 'warn' FROM campaign");
  const occurrence = database.prepare("INSERT INTO occurrence SELECT id, ?, ?, ?, 3, ?, ? FROM campaign");
  for (let shard = 1; shard <= shards; shard++) result.run(shard, each, 50 * each);
  for (let n = 0; n < findings; n++) {
    const id = n.toString(16).padStart(16, "0");
    const title = `WARNING in invented_function_${n}(): WARN_ON(READ_ONCE(memcg->counter) != ${n})`;
    finding.run(id, `warn | invented.c:${n}:1 invented_function_${n}() |  | `);
    for (let seen = 0; seen < 10; seen++) {
      const shard = 1 + ((n * 10 + seen) % shards);
      occurrence.run(id, shard, shard * each + n, title, title);
    }
  }
  database.exec("COMMIT");
  database.close();
}

describe("a folder with 10,000 findings and 10^12 schedules", () => {
  let page = "";
  let seconds = 0;
  let bugs = 0;

  beforeAll(async () => {
    const found = await run(["fuzz", ...RACE, "--schedules", "200k", "--out", "huge"], options);
    expect(found.code, found.stderr).toBe(1);
    const own = toldOf(await pageOf("huge")).length;
    const { length } = query(join(place.path, "huge"), "SELECT id FROM finding");
    expect(query(join(place.path, "huge"), "SELECT shard FROM result")).toEqual([{ shard: 0 }]);
    grow("huge", { shards: 1000, findings: 10_000 - length, schedules: 1e12 });
    bugs = own + 10_000 - length;
    const before = process.cpuUsage();
    page = renderPage(await campaignPage(join(place.path, "huge")), pageAssets());
    const { user, system } = process.cpuUsage(before);
    seconds = (user + system) / 1e6;
  });

  test("its page takes less than five seconds and has less than 1 MB", () => {
    // Of the processor: tests run beside others.
    expect(seconds).toBeLessThan(5);
    expect(Buffer.byteLength(page)).toBeLessThan(1_000_000);
  });

  test("each finding is told, listed or said to be left out, and none is counted twice", () => {
    const told = toldOf(page);
    const listed = page.match(/<tr><td>[^<]*<\/td><td>[\d,]+ schedules /g)!.length;
    const left = Number(/([\d,]+) more findings left out/.exec(page)![1]!.replaceAll(",", ""));
    expect(told.length).toBeGreaterThan(2);
    expect(listed).toBeGreaterThan(500);
    expect(told.length + listed + left).toBe(10_000);
  });

  test("its figures are those of the whole campaign", () => {
    const [, header] = /<header>([\s\S]*)<\/header>/.exec(page)!;
    const text = header!.replaceAll(/<[^>]*>/g, " ").replaceAll(/\s+/g, " ");
    expect(text).toContain(`${bugs.toLocaleString("en-US")} findings in 1,000,000,200,000 schedules`);
  });

  test("it says that it does not tell who drew what, and what was covered", () => {
    expect(page.includes('<th scope="col">strategy</th>')).toBe(false);
    expect(page.includes("with so many findings in so many shards")).toBe(true);
  });
});
