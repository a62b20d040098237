// Goal: whatever a model puts into names, labels and source text, no reader of a report is fooled by it: not
// a terminal, a mailer, git, an XML or JSON parser, a test runner, nor the runner of a pipeline. Method:
// random texts with what each of them takes for its own; the formats read by parsers that are not ours.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Summary } from "../../src/campaign/summary.ts";
import { casesOfSummary } from "../../src/report/cases.ts";
import { renderGithub } from "../../src/report/github.ts";
import { renderJunit } from "../../src/report/junit.ts";
import { renderKcsan } from "../../src/report/kcsan.ts";
import { renderKtap } from "../../src/report/ktap.ts";
import { renderFindingMail, renderSummaryMail } from "../../src/report/mail.ts";
import { renderMarkdown } from "../../src/report/markdown.ts";
import { renderSarif } from "../../src/report/sarif.ts";
import { renderSummary } from "../../src/report/summary.ts";
import { commandsOf } from "../support/github-commands.ts";
import { hostileSummaries } from "../support/hostile.ts";
import { parseTap, sarifErrors, throughMailinfo, xmlErrors, xmllint } from "../support/validators.ts";

const SEED = { seed: 20251127 };
const each = (check: (of: Summary) => void, numRuns = 200) =>
  fc.assert(fc.property(hostileSummaries, check), { ...SEED, numRuns });

const PRINTABLE = /^[\n -~]*$/;

describe("a hostile model", () => {
  test("leaves printable ASCII in every format", () => {
    each((of) => {
      const report = casesOfSummary(of);
      for (const render of [renderGithub, renderJunit, renderKtap, renderMarkdown, renderSarif]) {
        expect(render(report)).toMatch(PRINTABLE);
      }
      expect(renderSummary(of)).toMatch(PRINTABLE);
      expect(renderSummaryMail(of)).toMatch(PRINTABLE);
    });
  });

  test("makes no line of a mail longer than 72, at most 80 after four replies", () => {
    each((of) => {
      const [subject, blank, ...rest] = renderSummaryMail(of).split("\n");
      for (const line of [subject!, ...rest]) expect(line.length, line).toBeLessThanOrEqual(72);
      expect(subject!.trim()).not.toBe("");
      expect(blank).toBe("");
      let quoted = renderSummaryMail(of, { quote: true });
      for (let level = 2; level <= 4; level++) quoted = quoted.replaceAll(/^(?=.)/gm, "> ");
      for (const line of quoted.split("\n")) expect(line.length, line).toBeLessThanOrEqual(80);
    });
  });

  test("passes git mailinfo unchanged, quoted too", () => {
    each((of) => {
      for (const quote of [false, true]) {
        const mail = renderSummaryMail(of, { quote });
        expect(throughMailinfo(mail)).toBe(mail);
      }
    }, 60);
  });

  test("cannot widen a mail of another width", () => {
    fc.assert(
      fc.property(hostileSummaries, fc.integer({ min: 60, max: 110 }), (of, width) => {
        const [, ...lines] = renderSummaryMail(of, { width }).split("\n");
        for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(width);
      }),
      { ...SEED, numRuns: 100 },
    );
  });

  test.skipIf(!xmllint)("gives JUnit that is valid", () => {
    const documents: string[] = [];
    each((of) => {
      documents.push(renderJunit(casesOfSummary(of)));
    });
    expect(xmlErrors(documents)).toBe("");
  });

  test("gives SARIF that is valid", () => {
    each((of) => {
      expect(sarifErrors(JSON.parse(renderSarif(casesOfSummary(of))))).toBe("");
    });
  });

  test("adds no result to TAP, and changes none", () => {
    each((of) => {
      const { results, plan, extra, bailout } = parseTap(renderKtap(casesOfSummary(of)));
      expect([plan, extra, bailout]).toEqual([1, [], false]);
      expect(results.map(({ ok, skip, todo }) => [ok, skip, todo])).toEqual([
        [of.findings.length === 0, false, false],
      ]);
    });
  });

  test("gives the runner no command", () => {
    each((of) => {
      const commands = commandsOf(renderGithub(casesOfSummary(of)));
      const names = commands.map(({ name }) => name).filter((name) => name !== "error");
      expect(names).toEqual([...(of.findings.length === 0 ? ["notice"] : []), "group", "endgroup"]);
      for (const { properties } of commands) {
        expect(["file", "line", "title"]).toEqual(expect.arrayContaining(Object.keys(properties)));
      }
    });
  });

  test("ends no fence, cell or tag of markdown", () => {
    each((of) => {
      const outside = renderMarkdown(casesOfSummary(of)).replaceAll(/^(`{3,})text\n[\s\S]*?^\1$/gm, "");
      const tags = outside.replaceAll(/`[^`\n]*`/g, "").match(/<[^>]*>?/g) ?? [];
      expect(tags.filter((tag) => !/^<\/?(details|summary)>$/.test(tag))).toEqual([]);
      const rows = outside.split("\n").filter((line) => line.startsWith("| `"));
      expect(rows.map((row) => row.replaceAll(/\\./g, "").split("|").length)).toEqual(rows.map(() => 6));
    });
  });

  test("gives a kernel's shapes in lines of their own", () => {
    each((of) => {
      for (const { trace } of of.findings) {
        let text = "";
        try {
          text = renderKcsan(of.model, "0.1.0", trace);
        } catch (error) {
          expect(String(error)).toContain("--format kcsan shows two racing accesses");
          continue;
        }
        expect(text).toMatch(PRINTABLE);
        expect(text.match(/^BUG: /gm)).toHaveLength(1);
        expect(text.match(/^={66}$/gm)).toHaveLength(2);
      }
    });
  });

  test("ends a mail with the whole command that replays it", () => {
    each((of) => {
      for (const finding of of.findings) {
        const lines = renderFindingMail(of, finding).trimEnd().split("\n");
        expect(lines).toContain("  replay:");
      }
    });
  });
});
