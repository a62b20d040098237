// Prints "N passed, N failed" from the file that vitest's JSON reporter wrote. Arguments: that file, and the
// exit code of what ran before; where that failed without a failing test (lint, build, a suite that would not
// load), one failure is counted.

import { readFileSync } from "node:fs";

const [, , file, code] = process.argv;

function counts() {
  try {
    const { numPassedTests, numFailedTests, numFailedTestSuites } = JSON.parse(readFileSync(file, "utf8"));
    return { passed: numPassedTests, failed: numFailedTests, suites: numFailedTestSuites };
  } catch {
    // Nothing was written: the tests were not reached.
    return { passed: 0, failed: 0, suites: 0 };
  }
}

const { passed, failed, suites } = counts();
const unseen = failed === 0 && (suites > 0 || code !== "0") ? Math.max(suites, 1) : 0;
process.stdout.write(`${passed} passed, ${failed + unseen} failed\n`);
