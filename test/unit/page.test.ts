// Goal: nothing that a model says becomes markup, and no page grows beyond its size, whatever the campaign.
// Method: pages of hostile, long and many findings, looked at as text; random text through the templates.
// That a browser agrees is test/e2e/page.test.ts.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Comparison, Summary } from "../../src/campaign/summary.ts";
import { pageAssets } from "../../src/cli/page-assets.ts";
import { chartsOf } from "../../src/report/html/campaign.ts";
import { escapeText, html, jsonElement } from "../../src/report/html/markup.ts";
import { PAGE_BYTES_MAX, type Page, renderPage } from "../../src/report/html/page.ts";
import { charts } from "../support/pages.ts";
import { hostileTrace, longTrace, uafTrace, warnTrace } from "../support/race-traces.ts";
import { place, reproduction, step, summary, trace, violation, wrong } from "../support/traces.ts";

const assets = pageAssets();
// biome-ignore lint/suspicious/noControlCharactersInRegex: they must not be there
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/;
const none = new Map<string, string>();

function page(more: Partial<Page>): string {
  return renderPage({ version: "0.1.0", summaries: [], sources: none, ...more }, assets);
}

/** Everything but the page's own style and script. */
function ownText(text: string): string {
  return text.replace(assets.style, "").replace(assets.script, "");
}

describe("escaping", () => {
  test("no text becomes markup, and what cannot be seen is shown", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const safe = escapeText(text);
        expect(safe).not.toMatch(/[<>"']/);
        expect(safe).not.toMatch(/&(?!(amp|lt|gt|quot|#39);)/);
        expect(safe).not.toMatch(UNSEEN);
      }),
      { seed: 1, numRuns: 2000 },
    );
  });

  test("text that can be read comes back as it was", () => {
    const back = (text: string) =>
      text.replaceAll(/&(amp|lt|gt|quot|#39);/g, (entity) => {
        return { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'" }[entity]!;
      });
    fc.assert(
      fc.property(fc.string({ unit: "grapheme-ascii" }), (text) => {
        expect(back(escapeText(text))).toBe(text);
      }),
      { seed: 2, numRuns: 2000 },
    );
    expect(escapeText("\u202eevil\u0007\u200b")).toBe("\\u202eevil\\u0007\\u200b");
  });

  test("a template escapes its values, and puts markup in as it is", () => {
    const inner = html`<b>${"<i>"}</b>`;
    expect(html`<p title="${'"x'}">${inner}${[inner, inner]}${undefined}${1}</p>`.text).toBe(
      '<p title="&quot;x"><b>&lt;i&gt;</b><b>&lt;i&gt;</b><b>&lt;i&gt;</b>1</p>',
    );
  });

  test("data cannot end its element", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const value = [text, "</script><script>alert(1)</script>", "<!--"];
        const element = jsonElement("x", value).text;
        const json = /^<script type="application\/json" id="x">([^<>&]*)<\/script>$/.exec(element)![1]!;
        expect(JSON.parse(json)).toEqual(value);
      }),
      { seed: 3, numRuns: 1000 },
    );
  });
});

describe("a hostile model", () => {
  const evil = `<img src=x onerror=alert(1)>"'&</script></style>\u202e\u0007\u001b[31m${"x".repeat(5000)}`;
  const at = place("<b>.c:3", evil, evil);
  const broken = violation("warn", `WARNING in ${evil}`, { task: evil, place: at, object: evil }, [
    { role: evil, task: evil, place: at },
  ]);
  const run = trace({ tasks: [evil, "b"], rows: [wrong(step(evil, evil, "<b>.c:3", evil, evil), broken)] });
  const one = {
    name: evil,
    scenario: evil,
    hash: evil,
    memoryModel: "sc",
    flags: [`--define=A=${evil}`],
  } as const;
  const pages: readonly (readonly [string, string])[] = [
    ["a replay", page({ reproduction: reproduction(run, { model: one, token: evil, notes: [evil] }) })],
    ["a campaign", page({ summaries: [summary([run], { model: one, notes: [evil], version: evil })] })],
    ["another's trace", page({ reproduction: reproduction(hostileTrace()) })],
    ["listed findings", page({ listed: [{ title: evil, token: evil, count: 1, perMillion: 1, first: 0 }] })],
    [
      "source",
      page({ reproduction: reproduction(run), sources: new Map([["<b>.c", `a\n${evil}\n${evil}\n}`]]) }),
    ],
    ["a comparison", page({ comparison: comparison(evil) })],
  ];

  test.each(pages)("%s: every tag is ours, and nothing is unseen", (_, text) => {
    const own = ownText(text);
    const tags = new Set([...own.matchAll(/<\/?([a-z][a-z0-9]*)/gi)].map((match) => match[1]));
    expect([...tags]).not.toContain("img");
    expect(own.match(/<script/g)!.length).toBe(own.match(/<\/script>/g)!.length);
    expect(own.match(/<script type="module">/g)).toHaveLength(1);
    expect(own.replaceAll(/"[^"]*"/g, '""')).not.toMatch(/<[^>]* (on[a-z]+|style)=/i);
    expect(own).not.toMatch(UNSEEN);
    expect(text.length).toBeLessThan(200_000);
  });
});

function comparison(text: string): Comparison {
  const model = { name: text, scenario: text, hash: "00000000", memoryModel: "sc" } as const;
  const run = {
    model,
    verdict: "violations",
    schedules: 10,
    steps: 20,
    endedBy: "time",
    notes: [text],
  } as const;
  const finding = {
    title: text,
    file: text,
    line: 1,
    task: text,
    firstSchedule: 0,
    preemptions: 1,
    steps: 2,
    token: text,
    scheduleToken: text,
    keys: [text],
  };
  const cell = {
    mark: null,
    count: 1,
    perMillion: 1,
    exposed: 10,
    bound: null,
    proved: false,
    schedulesNeeded: null,
    finding,
  };
  const row = {
    kind: "warn",
    function: text,
    object: text,
    group: text,
    title: text,
    cells: [cell, { ...cell, mark: "kept" }],
  } as const;
  return {
    schema: 1,
    version: "0.1.0",
    command: "compare",
    models: [text, text],
    options: {},
    verdict: "violations",
    scenarios: [{ scenario: text, runs: [run, run], rows: [row], notes: [text] }],
    leftOut: [],
    interrupted: false,
  };
}

describe("the policy", () => {
  test("names the style and the script that the page has, and nothing else", () => {
    const text = page({ reproduction: reproduction(warnTrace()) });
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/
      .exec(text)![1]!
      .replaceAll("&#39;", "'");
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain(`style-src 'sha256-${assets.styleHash}'`);
    expect(policy).toContain(`script-src 'sha256-${assets.scriptHash}'`);
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
  });

  test("nothing in the page points outside it", () => {
    const text = page({ summaries: [summary([warnTrace(), uafTrace()], { series: charts })] });
    expect(text).not.toMatch(/\b(src|href|action|data|poster|srcset)="(?!#)/);
    expect(text).not.toMatch(/url\(|@import|https?:/);
  });
});

describe("what a page says", () => {
  test("the title, the command, the places and the charts of a campaign", () => {
    const text = page({ summaries: [summary([warnTrace(), uafTrace()], { series: charts })] });
    for (const { title } of summary([warnTrace(), uafTrace()]).findings)
      expect(text).toContain(escapeText(title));
    expect(text.match(/<figure class="chart"/g)).toHaveLength(4);
    expect(text).toContain("Schedules a second");
  });

  test("a rate is the mean since the point before it, however many there are between", () => {
    // A second of 1000 schedules, then one of none, for hours.
    const series = Array.from({ length: 10_000 }, (_, i) => {
      return { ...charts[0]!, t_active_ms: i * 1000, schedules: 1000 * Math.ceil(i / 2) };
    });
    const [rate] = chartsOf(series);
    const rates = rate!.curves[0]!.points.map(([, y]) => y);
    expect(rates.length).toBeGreaterThan(200);
    expect(Math.min(...rates)).toBeGreaterThan(450);
    expect(Math.max(...rates)).toBeLessThan(550);
    expect(rate!.sentence).toContain("500 schedules a second on the whole, over 2.78 h");
  });

  test("what a clean campaign does not prove", () => {
    const text = page({ summaries: [summary([])] });
    expect(text).toContain("NONE FOUND");
    expect(text).toContain("with 95 % confidence");
  });
});

describe("a campaign of 10,000 findings and 10^12 schedules", () => {
  test("its page is below its size, made in five seconds, and says what it left out", () => {
    const found = summary(
      Array.from({ length: 40 }, () => longTrace()),
      {
        schedules: 1e12,
        steps: 5e13,
        series: Array.from({ length: 100_000 }, (_, i) => ({
          ...charts[0]!,
          t_active_ms: i * 1000,
          schedules: i * 1e7,
          findings: i,
        })),
      },
    );
    const listed = Array.from({ length: 9960 }, (_, n) => ({
      title: `WARNING in f${n}(): WARN_ON(x != ${n}), ${"a".repeat(60)}`,
      token: `rp1:7c1e4b20:random:42:${n}`,
      count: n,
      perMillion: n / 1e6,
      first: n * 1e8,
    }));
    const before = performance.now();
    const text = page({ summaries: [found], listed });
    expect(performance.now() - before).toBeLessThan(5000);
    expect(Buffer.byteLength(text)).toBeLessThan(PAGE_BYTES_MAX);
    const left = Number(/([\d,]+) more findings left out/.exec(text)![1]!.replaceAll(",", ""));
    const told = text.match(/<article /g)!.length;
    const rows = text.match(/<td>WARNING in f\d+/g)!.length;
    expect(told).toBeGreaterThan(5);
    expect(rows).toBeGreaterThan(500);
    expect(told + text.match(/<tbody>[\s\S]*<\/tbody>/)![0].match(/<tr>/g)!.length + left).toBe(10_000);
    expect(text).toContain("1,000,000,000,000 schedules");
  });

  test("long traces leave out the middle, and say how much", () => {
    const rows = Array.from({ length: 2000 }, (_, i) =>
      step(i % 2 === 0 ? "a" : "b", "f", `m.c:${i + 1}`, `x = ${i}`),
    );
    const text = page({ reproduction: reproduction(trace({ tasks: ["a", "b"], rows })) });
    expect(text).toContain("1500 steps are left out here");
    expect(text).toContain('id="finding-1-step-150"');
    expect(text).not.toContain('id="finding-1-step-151"');
    expect(text).toContain('id="finding-1-step-1651"');
    expect(Buffer.byteLength(text)).toBeLessThan(PAGE_BYTES_MAX);
  });
});

test("a summary needs no series", () => {
  const plain: Summary = summary([warnTrace()]);
  expect(page({ summaries: [plain] })).not.toContain('<figure class="chart"');
});
