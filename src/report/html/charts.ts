// Charts of a campaign as inline SVG, drawn when the page is made; each says in its caption and in a sentence
// what it shows, for whoever does not see it.

import { si } from "../text.ts";
import { html, type Markup } from "./markup.ts";

export interface Curve {
  readonly name: string;
  /** In order of x; as many as there is room for (thinned). */
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface Chart {
  /** Names it in the page. */
  readonly key: string;
  readonly caption: string;
  /** What the curves come to. */
  readonly sentence: string;
  readonly curves: readonly Curve[];
  /** Curves that keep a value until the next point. */
  readonly steps?: boolean;
  readonly yText?: (y: number) => string;
}

const WIDTH = 420;
const HEIGHT = 170;
const LEFT = 52;
const BOTTOM = 24;
const TOP = 12;
const RIGHT = 12;
const POINTS_MAX = 240;

/** What of a chart changes with its curves: in the order in which they stand in it. */
export interface ChartParts {
  readonly paths: readonly string[];
  readonly labels: readonly string[];
  /** Heights of the lines that the first labels name. */
  readonly grid: readonly number[];
}

export function chartParts({ curves, steps, yText = si }: Chart): ChartParts {
  const all = curves.flatMap(({ points }) => points);
  const xMax = Math.max(1, ...all.map(([x]) => x));
  const yMax = niceMax(Math.max(...all.map(([, y]) => y)));
  const px = (x: number): number => round(LEFT + (x / xMax) * (WIDTH - LEFT - RIGHT));
  const py = (y: number): number => round(HEIGHT - BOTTOM - (y / yMax) * (HEIGHT - BOTTOM - TOP));
  const parts = [0, 0.5, 1];
  const paths = curves.map(({ points }) => {
    const moves = points.map(([x, y], i) => {
      if (i === 0) return `M${px(x)} ${py(y)}`;
      return steps === true ? `H${px(x)}V${py(y)}` : `L${px(x)} ${py(y)}`;
    });
    return moves.join("");
  });
  const labels = [...parts.map((part) => yText(part * yMax)), "0", timeText(xMax)];
  return { paths, labels, grid: parts.map((part) => py(part * yMax)) };
}

export function chartFigure(chart: Chart): Markup {
  const { caption, sentence } = chart;
  const { paths, labels, grid } = chartParts(chart);
  if (paths.every((path) => path === "")) return html``;
  const lines = grid.map((y, i) => {
    return html`<line class="axis" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y}" y2="${y}"/><text
      x="${LEFT - 6}" y="${y + 4}" text-anchor="end">${labels[i]!}</text>`;
  });
  const curves = paths.map((d, n) => html`<path class="curve ${n === 0 ? "first" : "second"}" d="${d}"/>`);
  const below = HEIGHT - 6;
  return html`<figure class="chart" data-chart="${chart.key}"><figcaption>${caption}</figcaption>
    <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${sentence}">${lines}<text x="${LEFT}"
      y="${below}">${labels[grid.length]!}</text><text x="${WIDTH - RIGHT}" y="${below}"
        text-anchor="end">${labels[grid.length + 1]!}</text>${curves}</svg></figure>`;
}

/** Milliseconds, roughly. */
export function timeText(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 100) return `${Number(seconds.toPrecision(2))} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 200_000
    ? `${Number((seconds / 3600).toPrecision(3))} h`
    : `${Math.round(seconds / 86_400)} d`;
}

/** As many as a chart has room for, evenly, with the last. */
export function thinned<T>(points: readonly T[]): readonly T[] {
  if (points.length <= POINTS_MAX) return points;
  const each = points.length / POINTS_MAX;
  const some = Array.from({ length: POINTS_MAX }, (_, i) => points[Math.floor(i * each)]!);
  return [...some.slice(0, -1), points.at(-1)!];
}

function niceMax(max: number): number {
  if (max <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(max));
  return [1, 2, 4, 5, 6, 8, 10].map((n) => n * power).find((nice) => nice >= max * (1 - 1e-9))!;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
