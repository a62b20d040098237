// How a result is printed: reads the flags for it, before anything runs, and calls the renderer.

import { existsSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { UsageError } from "../base/errors.ts";
import { modelsFolder } from "../base/paths.ts";
import type { Check, Comparison, Finding, Reproduction, Summary } from "../campaign/summary.ts";
import { type Cases, casesOfCheck, casesOfComparison, casesOfSummary, withPaths } from "../report/cases.ts";
import { renderCheck, shareFindings } from "../report/check.ts";
import { renderComparison } from "../report/comparison.ts";
import { renderComparisonMarkdown } from "../report/comparison-markdown.ts";
import { renderGithub } from "../report/github.ts";
import { renderCheckJson, renderComparisonJson, renderJson } from "../report/json.ts";
import { renderJunit } from "../report/junit.ts";
import { renderKcsan } from "../report/kcsan.ts";
import { renderKtap } from "../report/ktap.ts";
import { renderLockdep } from "../report/lockdep.ts";
import { renderCheckMail, renderReproductionMail, renderSummaryMail } from "../report/mail.ts";
import { renderMarkdown } from "../report/markdown.ts";
import { renderReproduction } from "../report/reproduction.ts";
import { renderSarif } from "../report/sarif.ts";
import { groupsOf, renderSummary } from "../report/summary.ts";
import type { CASE_FORMATS, CaseFormat, FormatFlags, REPRO_FORMATS, RUN_FORMATS } from "./flags.ts";
import { columns, printable, wantsColor, writeError } from "./output.ts";
import { parseWord } from "./values.ts";

/** What the flags ask for. */
export interface Output<F extends string> {
  readonly format: F;
  readonly width: number | undefined;
  readonly quote: boolean;
  readonly traces: boolean;
}

const WIDTHS = { least: 60, most: 110 };

export function parseOutput<F extends string>(flags: FormatFlags, formats: readonly F[]): Output<F | "json"> {
  const named = flags.format ?? "text";
  if (flags.json && named !== "text" && named !== "json") {
    throw new UsageError(`--json and --format ${named} ask for two formats`, "give one of them");
  }
  const format = flags.json ? "json" : parseWord("--format", named, formats);
  const quote = flags.quote ?? false;
  if (quote && format !== "mail") {
    throw new UsageError(
      `--quote belongs to --format mail, not to ${format}`,
      "leave it out, or ask for --format mail",
    );
  }
  if (flags.width !== undefined && format !== "mail" && format !== "text") {
    throw new UsageError(`--width belongs to --format text and mail, not to ${format}`, "leave it out");
  }
  if (flags.traces && format !== "json") {
    throw new UsageError(`--traces belongs to --json, not to ${format}`, "add --json, or leave it out");
  }
  return { format, width: parseWidth(flags.width), quote, traces: flags.traces ?? false };
}

function parseWidth(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const width = /^\d{1,3}$/.test(text) ? Number(text) : Number.NaN;
  if (width >= WIDTHS.least && width <= WIDTHS.most) return width;
  throw new UsageError(
    `--width ${text} is no width of a report`,
    `write a number of columns from ${WIDTHS.least} to ${WIDTHS.most}`,
  );
}

function textOptions({ width }: Output<string>) {
  return { color: wantsColor(), width: width ?? columns() };
}

/** Of fuzz, check and resume. */
export type RunOutput = Output<(typeof RUN_FORMATS)[number]>;

export function renderSummaryAs(summary: Summary, output: RunOutput): string {
  switch (output.format) {
    case "text":
      return renderSummary(summary, textOptions(output));
    case "mail":
      return renderSummaryMail(summary, output);
    case "json":
      return renderJson(summary, { trace: output.traces });
    case "kcsan":
    case "lockdep": {
      const found = groupsOf(summary).map(({ shown }) => ({ summary, finding: shown }));
      return shaped(found, output.format);
    }
    default:
      return renderCasesAs(casesOfSummary(summary), output.format);
  }
}

export function renderCheckAs(check: Check, output: RunOutput): string {
  switch (output.format) {
    case "text":
      return renderCheck(check, textOptions(output));
    case "mail":
      return renderCheckMail(check, output);
    case "json":
      return renderCheckJson(check, { trace: output.traces });
    case "kcsan":
    case "lockdep": {
      const shared = [...shareFindings(check.scenarios).values()];
      return shaped(
        shared.map(({ scenario, finding }) => ({ summary: scenario, finding })),
        output.format,
      );
    }
    default:
      return renderCasesAs(casesOfCheck(check), output.format);
  }
}

export function renderReproductionAs(
  r: Reproduction,
  output: Output<(typeof REPRO_FORMATS)[number]>,
): string {
  switch (output.format) {
    case "mail":
      return renderReproductionMail(r, output);
    case "kcsan":
      return renderKcsan(r.model, r.version, r.trace);
    case "lockdep":
      return renderLockdep(r.model, r.version, r.trace);
    default:
      return renderReproduction(r, { format: output.format, ...textOptions(output) });
  }
}

export function renderComparisonAs(
  comparison: Comparison,
  output: Output<"text" | "json" | (typeof CASE_FORMATS)[number]>,
): string {
  switch (output.format) {
    case "text":
      return renderComparison(comparison, textOptions(output));
    case "markdown":
      return renderComparisonMarkdown(comparison);
    case "json":
      return renderComparisonJson(comparison);
    default:
      return renderCasesAs(casesOfComparison(comparison), output.format);
  }
}

export function renderCasesAs(cases: Cases, format: CaseFormat): string {
  const report = withPaths(cases, pathInCheckout);
  switch (format) {
    case "markdown":
      return renderMarkdown(report);
    case "junit":
      return renderJunit(report);
    case "sarif":
      return renderSarif(report);
    case "ktap":
      return renderKtap(report);
    case "github":
      return renderGithub(report);
  }
}

/** In the shape of a kernel's report those findings that fit it; what does not is said. */
function shaped(
  found: readonly { readonly summary: Summary; readonly finding: Finding }[],
  format: "kcsan" | "lockdep",
): string {
  const render = format === "kcsan" ? renderKcsan : renderLockdep;
  const texts: string[] = [];
  let unfit: UsageError | undefined;
  for (const { summary, finding } of found) {
    try {
      texts.push(render(summary.model, summary.version, finding.trace));
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      unfit ??= error;
    }
  }
  if (unfit !== undefined && texts.length === 0) throw unfit;
  if (unfit !== undefined) {
    const left = found.length - texts.length;
    writeError(printable(`raceproof: ${left} of ${found.length} findings left out: ${unfit.message}`));
  }
  if (found.length === 0) writeError("raceproof: nothing was found: there is no report");
  return texts.join("\n");
}

/** A file of a bundled model where it lies from here, as a code host knows it; others as they were named. */
function pathInCheckout(file: string): string {
  if (file === "" || existsSync(file)) return file.replace(/^\.\//, "");
  const bundled = join(modelsFolder, file);
  const path = relative(process.cwd(), bundled);
  const inside = path !== "" && !path.startsWith("..") && resolve(path) === bundled;
  return inside && existsSync(bundled) ? path.split(sep).join("/") : file;
}
