// --events FILE: what happens to a campaign, a JSON object a line, at the end of a file (or into a pipe).
// What is said of findings, and in which order, is a function of the campaign, not of the number of workers.

import { version } from "../base/paths.ts";
import type { Progress } from "../campaign/loop.ts";
import { LinesFile } from "../campaign/store/files.ts";
import { findingId } from "../campaign/store/record.ts";
import type { ModelName, Summary } from "../campaign/summary.ts";

export interface EventsStart {
  readonly model: ModelName;
  readonly options: Summary["options"];
  /** Of a campaign in a folder. */
  readonly campaign?: string;
  readonly session?: number;
  /** Of earlier sessions. */
  readonly schedules: number;
  readonly keys: readonly string[];
}

export class EventsFile {
  readonly #file: LinesFile;
  readonly #seen = new Set<string>();

  constructor(file: string) {
    this.#file = new LinesFile(file);
  }

  start({ keys, ...start }: EventsStart): void {
    for (const key of keys) this.#seen.add(key);
    this.#write("start", { version, pid: process.pid, ...start });
  }

  /** A line for each finding that is new. */
  progress({ findings, schedules, activeMs }: Progress): void {
    if (findings.length === this.#seen.size) return;
    for (const { key, kind, title, group, first } of findings) {
      if (this.#seen.has(key)) continue;
      this.#seen.add(key);
      this.#write("finding", {
        id: findingId(key),
        key,
        kind,
        title,
        group,
        first,
        schedules,
        activeMs: Math.round(activeMs),
      });
    }
  }

  end({ verdict, endedBy, schedules, steps, elapsedMs, findings }: Summary): void {
    const found = findings.map(({ key, count, token, scheduleToken }) => {
      return { id: findingId(key), key, count, token, scheduleToken };
    });
    this.#write("end", { verdict, endedBy, schedules, steps, activeMs: elapsedMs, findings: found });
  }

  close(): void {
    this.#file.close();
  }

  #write(event: string, values: object): void {
    this.#file.append({ schema: 1, event, at: Date.now(), ...values });
  }
}
