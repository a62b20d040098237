// Goal: the page does in a browser what it promises: stepping, deep links, the keyboard; nothing leaves it,
// and who sees nothing or runs no script reads the same. Method: the built program writes the page of the
// review's race, headless Chromium opens it from the disk.

import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasBrowser, launchBrowser, openPage } from "../support/browser.ts";
import { COUNTER, folder, run } from "../support/cli.ts";

/** bpf_oom_memcg_offline() calls into a map that is freed: 34 steps of five tasks. */
const TOKEN = "rp1s:20a85f56:b11a9d4c3d7.1da0";
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

describe.skipIf(!hasBrowser)("the page of the review's race", () => {
  const place = folder({});
  const file = join(place.path, "race.html");
  const address = pathToFileURL(file).href;
  let browser: Browser;

  beforeAll(async () => {
    const made = await run(["report", TOKEN, "-o", file]);
    expect(made.stderr).toMatch(/^wrote .*race\.html \(\d+ kB\)\n$/);
    expect(made.code).toBe(0);
    browser = await launchBrowser();
  });

  afterAll(async () => {
    await browser?.close();
    place.remove();
  });

  const stepNow = (page: Page): Promise<string | null> =>
    page.locator(".steps .now .number").first().textContent();

  test("nothing leaves it, and its console is silent", async () => {
    const { page, requests, complaints } = await openPage(browser, address);
    await page.keyboard.press("ArrowLeft");
    await page.locator("label.all-fields input").check();
    expect(requests).toEqual([]);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("its policy stops what somebody would put into it", async () => {
    const { page, complaints } = await openPage(browser, address);
    await page.evaluate(() => {
      const image = document.createElement("img");
      image.src = "http://127.0.0.1:1/x.png";
      const style = document.createElement("style");
      style.textContent = "body { display: none }";
      document.body.append(image, style);
    });
    await expect.poll(() => complaints.length).toBeGreaterThanOrEqual(2);
    expect(complaints.join("\n")).toMatch(/Content Security Policy/);
    expect(await page.evaluate(() => getComputedStyle(document.body).display)).toBe("block");
    await page.close();
  });

  test("it begins with the step that shows the finding", async () => {
    const { page } = await openPage(browser, address);
    expect(await stepNow(page)).toBe("34");
    expect(await page.locator("#panel output").textContent()).toBe(
      "step 34 of 34: kworker: css_killed_work_fn",
    );
    const marks = await page.locator(".steps .wrong .mark").allTextContents();
    expect(marks.map((mark) => mark.trim()).join(" ")).toBe("*** use-after-free: bpf_struct_ops_map#1");
    await page.close();
  });

  test("a link to a step shows its state, with what it changed", async () => {
    const { page } = await openPage(browser, `${address}#finding-1-step-6`);
    expect(await stepNow(page)).toBe("6");
    const changed = page.locator(".state-list tr.changed");
    expect(await changed.count()).toBe(1);
    expect(await changed.locator("th").textContent()).toBe("css.refcnt.dead");
    expect(await changed.locator("td").textContent()).toBe("0 1");
    expect(await changed.locator("td del").textContent()).toBe("0");
    const line = page.locator(".line.now");
    expect(await line.textContent()).toMatch(/css_kill\(css\);/);
    await page.close();
  });

  test("the arrow keys step, everywhere sideways and in the list up and down too", async () => {
    const { page } = await openPage(browser, `${address}#finding-1-step-15`);
    await page.keyboard.press("ArrowRight");
    expect(await stepNow(page)).toBe("16");
    expect(page.url()).toBe(`${address}#finding-1-step-16`);
    await page.locator("#finding-1-step-16 .number").focus();
    await page.keyboard.press("ArrowUp");
    expect(await stepNow(page)).toBe("15");
    expect(await page.evaluate(() => document.activeElement?.getAttribute("href"))).toBe(
      "#finding-1-step-15",
    );
    // What rmdir wrote in step 9 is seen in step 15: the arrow between them is shown.
    expect(await page.locator(".drawing.columns .arrow.on").getAttribute("data-from")).toBe("8");
    expect(await page.locator(".said").textContent()).toContain(
      "sees kernfs_nodes[2].active = false, written by rmdir in step 9",
    );
    await page.keyboard.press("Home");
    expect(await stepNow(page)).toBe("1");
    await page.keyboard.press("ArrowUp");
    expect(await stepNow(page)).toBe("1");
    await page.keyboard.press("End");
    expect(await stepNow(page)).toBe("34");
    await page.close();
  });

  test("going back in the browser goes back to the step", async () => {
    const { page } = await openPage(browser, `${address}#finding-1-step-3`);
    await page.locator("#finding-1-step-9 .number").click();
    expect(await stepNow(page)).toBe("9");
    await page.goBack();
    await expect.poll(() => stepNow(page)).toBe("3");
    await page.close();
  });

  test("states come out the same whatever the way to them", async () => {
    const { page } = await openPage(browser, `${address}#finding-1-step-1`);
    const states = (): Promise<string | null> => page.locator(".state-list").textContent();
    const forth: (string | null)[] = [];
    for (let step = 1; step < 34; step++) {
      forth.push(await states());
      await page.keyboard.press("ArrowRight");
    }
    expect(new Set(forth).size).toBeGreaterThan(15);
    for (let step = 33; step >= 1; step--) {
      await page.keyboard.press("ArrowLeft");
      expect(await states()).toBe(forth[step - 1]);
    }
    await page.close();
  });

  test("the command can be copied", async () => {
    const { page } = await openPage(browser, address, { permissions: ["clipboard-read", "clipboard-write"] });
    await page.getByRole("button", { name: "Copy" }).first().click();
    await expect.poll(() => page.getByRole("button", { name: "Copied" }).count()).toBe(1);
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
      `raceproof repro '${TOKEN}' bpf-oom/v2 --scenario close-vs-rmdir`,
    );
    await page.close();
  });

  test.each([
    [1440, "light"],
    [1440, "dark"],
    [390, "light"],
    [390, "dark"],
  ] as const)(
    "at %i pixels, %s, axe finds nothing, and nothing sticks out or overlaps",
    async (width, colorScheme) => {
      const { page, complaints } = await openPage(browser, `${address}#finding-1-step-20`, {
        viewport: { width, height: 900 },
        colorScheme,
      });
      await page.locator("details.key").evaluate((details) => {
        (details as HTMLDetailsElement).open = true;
      });
      await page.evaluate(axe);
      const { violations } = await page.evaluate(() => {
        const { axe: tool } = globalThis as unknown as { axe: { run(): Promise<{ violations: object[] }> } };
        return tool.run();
      });
      expect(violations).toEqual([]);
      expect(complaints).toEqual([]);
      const { wide, overlaps } = await page.evaluate(() => {
        const rows = [...document.querySelectorAll<HTMLElement>(".steps > li")];
        // Each row is as high as the drawing beside it takes it to be: the dot stands in the step's own line.
        const off = rows.filter((row) => {
          const number = row.querySelector(".number")?.getBoundingClientRect();
          const statement = row.querySelector(".statement")?.getBoundingClientRect();
          return number !== undefined && statement !== undefined && Math.abs(number.top - statement.top) > 2;
        });
        const list = document.querySelector(".steps")!.getBoundingClientRect();
        const drawn = [...document.querySelectorAll<SVGElement>(".steps > svg")].find(
          (svg) => svg.getBoundingClientRect().height > 0,
        )!;
        const heights = Math.abs(drawn.getBoundingClientRect().height - list.height) > 1 ? ["height"] : [];
        return {
          wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
          overlaps: [...off.map((row) => row.id), ...heights],
        };
      });
      expect(wide).toBe(0);
      expect(overlaps).toEqual([]);
      await page.close();
    },
  );

  test("with JavaScript off everything can be read", async () => {
    const { page } = await openPage(browser, `${address}#finding-1-step-24`, { javaScriptEnabled: false });
    const text = await page.locator("body").innerText();
    for (const said of [
      "use-after-free in bpf_oom_memcg_offline(): bpf_struct_ops_map, freed by bpf_map_free_deferred()",
      `raceproof repro '${TOKEN}' bpf-oom/v2 --scenario close-vs-rmdir`,
      "2 orders force it, and no fewer",
      "the window opens",
      "synchronize_rcu()",
      "kfree(to_st_map(map));",
      "What this does not prove",
    ])
      expect(text).toContain(said);
    expect(await page.locator(".controls").isVisible()).toBe(false);
    expect(await page.locator("#finding-1-step-24").isVisible()).toBe(true);
    // The source says which steps are at a line.
    expect(await page.locator('.listing a[href="#finding-1-step-24"]').first().isVisible()).toBe(true);
    await page.locator(".words summary").click();
    expect(await page.locator(".words").innerText()).toContain("mem_cgroup#1: online, dying from step 6.");
    await page.close();
  });

  test("on paper there are the steps and the source, and no buttons", async () => {
    const { page } = await openPage(browser, address);
    await page.emulateMedia({ media: "print" });
    expect(await page.locator(".controls").isVisible()).toBe(false);
    expect(await page.getByRole("button", { name: "Copy" }).count()).toBe(0);
    expect(await page.locator("#panel .listing").isVisible()).toBe(true);
    const pdf = await page.pdf({ format: "A4" });
    expect(pdf.subarray(0, 5).toString()).toBe("%PDF-");
    await page.close();
  });
});

/** Labels, a file's name and comments that would be markup, if anybody let them. */
const HOSTILE = `/* </script><script>document.title = "owned"</script> <img src=x onerror=alert(1)> */
#include <raceproof.h>
#include <linux/compiler.h>

static int counter;

static void increment(void)
{
\tint old = READ_ONCE(counter); /* </pre><style>* { display: none }</style> \u202e */

\tWRITE_ONCE(counter, old + 1);
}

scenario lost(void)
{
\tthread("<img src=x onerror=alert(1)>", increment());
\tthread("\\"' onclick='alert(1)' ${"very long ".repeat(30)}", increment());
\tat_end(counter == 2);
}
`;

const LABELS = ["one", "two", "three", "four", "five, with a label that is rather long"];
const SIX = `#include <raceproof.h>
#include <linux/compiler.h>
#include <linux/rcupdate.h>

static int counter;

static void work(void)
{
\tint i;

\tfor (i = 0; i < 9; i++) {
\t\trcu_read_lock();
\t\tWRITE_ONCE(counter, READ_ONCE(counter) + 1);
\t\trcu_read_unlock();
\t}
}

static void waiter(void)
{
\tint i;

\tfor (i = 0; i < 10; i++)
\t\tsynchronize_rcu();
}

scenario six(void)
{
${LABELS.map((l) => `\tthread("${l}", work());`).join("\n")}
\tthread("waiter", waiter());
\tat_end(counter == 45);
}
`;

describe.skipIf(!hasBrowser)("pages of other models", () => {
  const place = folder({ "<b>'&.c": HOSTILE, "six.c": SIX });
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchBrowser();
  });

  afterAll(async () => {
    await browser?.close();
    place.remove();
  });

  /** The page of a model's first random schedule. */
  async function pageOf(model: string, scenario: string): Promise<string> {
    const options = { cwd: place.path };
    const flags = ["--schedules", "100", "--seed", "5", "--ui", "none", "--json"];
    const fuzzed = await run(["fuzz", `./${model}`, "--scenario", scenario, ...flags], options);
    const { token } = JSON.parse(fuzzed.stdout).findings[0];
    const made = await run(
      ["report", token, `./${model}`, "--scenario", scenario, "-o", "out.html"],
      options,
    );
    expect(made.code, made.stderr).toBe(0);
    return pathToFileURL(join(place.path, "out.html")).href;
  }

  test("a hostile model runs no script, loads nothing, and stands there as text", async () => {
    const { page, requests, complaints } = await openPage(browser, await pageOf("<b>'&.c", "lost"));
    page.on("dialog", () => complaints.push("a dialog"));
    for (let step = 0; step < 5; step++) await page.keyboard.press("ArrowLeft");
    expect(await page.title()).toBe("./<b>'&.c, lost - raceproof");
    expect(await page.locator("img, iframe, object, embed, form").count()).toBe(0);
    expect(await page.locator("script:not([type='application/json'])").count()).toBe(1);
    expect(await page.locator("style").count()).toBe(1);
    expect(await page.locator(".head").first().textContent()).toBe("a <img src=x onerror=alert(1)>");
    expect(await page.locator(".listing").textContent()).toContain(
      "</pre><style>* { display: none }</style> \\u202e",
    );
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    expect(wide).toBe(false);
    expect(requests).toEqual([]);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("six tasks and 200 steps: they fit, each can be reached, and stepping takes no time", async () => {
    const address = await pageOf("six.c", "six");
    for (const width of [1440, 390]) {
      const { page, complaints } = await openPage(browser, `${address}#finding-1-step-1`, {
        viewport: { width, height: 900 },
      });
      expect(await page.locator(".steps > .step").count()).toBe(200);
      const fits = await page.evaluate(() => {
        const texts = [...document.querySelectorAll(".steps code")].map((code) =>
          code.getBoundingClientRect(),
        );
        return (
          texts.every(({ right }) => right <= innerWidth) &&
          document.documentElement.scrollWidth <= innerWidth
        );
      });
      expect(fits).toBe(true);
      const { last, ms } = await page.evaluate(() => {
        const before = performance.now();
        for (let step = 0; step < 199; step++) {
          document.dispatchEvent(
            new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true, cancelable: true }),
          );
        }
        const last = document.querySelector(".steps .now .number")?.textContent;
        return { last, ms: performance.now() - before };
      });
      expect(last).toBe("200");
      // What a reader feels as at once is 100 ms a step.
      expect(ms / 199).toBeLessThan(100);
      expect(complaints).toEqual([]);
      await page.close();
    }
  });
});

describe("pages of results", () => {
  const place = folder({
    "counter.c": COUNTER,
    "text.json": "no",
    "other.json": '{"schema":1,"command":"list"}',
  });
  const options = { cwd: place.path };

  afterAll(() => place.remove());

  async function resultOf(...args: string[]): Promise<string> {
    const { stdout } = await run([...args, "--ui", "none", "--json"], options);
    writeFileSync(join(place.path, "result.json"), stdout);
    return stdout;
  }

  test("what check wrote: a scenario a line, each finding told", async () => {
    await resultOf("check", "bpf-oom/v2", "--scenario", "close-vs-rmdir");
    const made = await run(["report", "result.json", "-o", "-"], options);
    expect(made.code, made.stderr).toBe(0);
    expect(made.stdout.match(/<article /g)).toHaveLength(4);
    expect(made.stdout).toContain("in 3,569 states");
    expect(made.stdout).toContain('id="finding-4-states"');
  });

  test("what compare wrote: its table", async () => {
    const flags = ["--scenario", "lost", "--schedules", "1000", "--seed", "1"];
    await resultOf("compare", "counter.c", "counter.c", ...flags);
    const made = await run(["report", "result.json", "-o", "-"], options);
    expect(made.code, made.stderr).toBe(0);
    expect(made.stdout).toContain("kept: ");
    expect(made.stdout).toContain('<th scope="row">assertion failed in lost(): at_end(counter == 2)</th>');
  });

  test("a model that has changed since does not fit", async () => {
    const text = await resultOf(
      "fuzz",
      "counter.c",
      "--scenario",
      "lost",
      "--schedules",
      "1000",
      "--seed",
      "1",
    );
    const { hash } = JSON.parse(text).model;
    writeFileSync(join(place.path, "result.json"), text.replaceAll(hash, "00000000"));
    const made = await run(["report", "result.json", "-o", "out.html"], options);
    expect(made.code).toBe(125);
    const said = /^raceproof: counter\.c, scenario lost, is program [0-9a-f]{8} now; the result is of 0{8}\n/;
    expect(made.stderr).toMatch(said);
  });

  test("what is no result, no folder or not writable is said in one line", async () => {
    for (const [subject, said] of [
      ["text.json", "text.json is no result of raceproof: "],
      ["other.json", "other.json is no result of raceproof: it has no such schema and command"],
      ["nothing", "there is no folder nothing"],
      [".", ". is no campaign: it holds other files"],
    ] as const) {
      const made = await run(["report", subject, "-o", "out.html"], options);
      expect([made.code, made.stdout]).toEqual([2, ""]);
      expect(made.stderr).toContain(`raceproof: ${said}`);
    }
    const made = await run(["report", TOKEN, "-o", "no/such/folder.html"], options);
    expect(made.code).toBe(2);
    expect(made.stderr).toMatch(
      /^raceproof: no\/such\/folder\.html cannot be written: there is no such file/,
    );
  });
});
