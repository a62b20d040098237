// Making a folder with those above it.

import { existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";

/** Level by level: where one cannot be made for want of that above, making all at once may never end. */
export function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  const above = dirname(folder);
  if (above !== folder) makeFolder(above);
  mkdirSync(folder);
}
