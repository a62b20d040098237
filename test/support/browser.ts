// A headless browser for tests of pages: the system's Chromium. Where there is none, tests are skipped
// visibly; in CI they fail.

import { existsSync } from "node:fs";
import { type Browser, chromium, type Page } from "playwright-core";

const EXECUTABLE = "/usr/bin/chromium";
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export const hasBrowser = existsSync(EXECUTABLE) || process.env.CI !== undefined;

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: EXECUTABLE, args: FLAGS });
}

/** A page that is watched: everything that it asks for, says on its console or throws. */
export interface WatchedPage {
  readonly page: Page;
  /** Addresses other than the page's own. */
  readonly requests: string[];
  readonly complaints: string[];
}

export async function openPage(
  browser: Browser,
  address: string,
  options: Parameters<Browser["newPage"]>[0] = {},
): Promise<WatchedPage> {
  const page = await browser.newPage(options);
  const requests: string[] = [];
  const complaints: string[] = [];
  const own = address.replace(/#.*/, "");
  page.on("request", (request) => {
    if (request.url().replace(/#.*/, "") !== own) requests.push(request.url());
  });
  page.on("console", (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.goto(address);
  return { page, requests, complaints };
}
