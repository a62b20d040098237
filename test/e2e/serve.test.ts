// Goal: the live view shows a campaign while it runs, after its end and when its folder has gone, and lets
// nobody write, frame it or read it under another name. Method: the built program serves a campaign on a
// free port of this machine; requests are made by hand, so that their headers are what is said here, and by
// Chromium.

import { type ChildProcess, spawn } from "node:child_process";
import { renameSync } from "node:fs";
import { type IncomingHttpHeaders, request } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasBrowser, launchBrowser, openPage } from "../support/browser.ts";
import { COUNTER, folder, launcher, run } from "../support/cli.ts";

interface Response {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

const place = folder({ "counter.c": COUNTER });
const night = join(place.path, "night");
let server: ChildProcess;
let base = "";

function get(path: string, headers: Record<string, string> = {}, method = "GET"): Promise<Response> {
  return new Promise((resolve, reject) => {
    const sent = request(new URL(path, base), { method, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => {
        text += part;
      });
      response.on("end", () => resolve({ status: response.statusCode!, headers: response.headers, text }));
    });
    sent.on("error", reject);
    sent.end();
  });
}

/** The server, once it has said where it is. */
function serve(...flags: string[]): Promise<{ child: ChildProcess; address: string; stderr: () => string }> {
  const child = spawn(process.execPath, [launcher, "serve", night, "--port", "0", ...flags], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.stdout.setEncoding("utf8").once("data", (text: string) => {
      resolve({ child, address: text.trim(), stderr: () => stderr });
    });
    child.once("close", (code) => reject(new Error(`serve ended with ${code}: ${stderr}`)));
  });
}

function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.once("close", (code) => resolve(code)));
}

const fuzz = (schedules: string) =>
  run(
    [
      "fuzz",
      "counter.c",
      "--scenario",
      "lost",
      "--seed",
      "1",
      "--schedules",
      schedules,
      "--out",
      night,
      "--ui",
      "none",
    ],
    {
      cwd: place.path,
    },
  );

beforeAll(async () => {
  await fuzz("50k");
  const started = await serve();
  server = started.child;
  base = started.address;
});

afterAll(async () => {
  const end = ended(server);
  server.kill("SIGTERM");
  await end;
  place.remove();
});

describe("requests", () => {
  test("the page, with what protects it", async () => {
    const { status, headers, text } = await get("/");
    expect(status).toBe(200);
    expect(headers["content-type"]).toBe("text/html; charset=utf-8");
    expect(headers["content-security-policy"]).toMatch(
      /default-src 'none'.*connect-src 'self'.*frame-ancestors 'none'/,
    );
    expect(headers["x-content-type-options"]).toBe("nosniff");
    expect(headers["x-frame-options"]).toBe("DENY");
    expect(headers["cross-origin-resource-policy"]).toBe("same-origin");
    expect(text).toContain("assertion failed in lost(): at_end(counter == 2)");
  });

  test("who has it already gets no second copy", async () => {
    for (const path of ["/", "/api/status", "/api/findings", "/metrics"]) {
      const first = await get(path);
      const tag = first.headers.etag!;
      expect(tag).toMatch(/^"[\w-]{27}"$/);
      const again = await get(path, { "If-None-Match": `W/"x", ${tag}` });
      expect([again.status, again.text, again.headers.etag]).toEqual([304, "", tag]);
      expect((await get(path, { "If-None-Match": '"other"' })).status).toBe(200);
    }
  });

  test("HEAD says as much as GET, without the body", async () => {
    const [head, body] = [await get("/api/status", {}, "HEAD"), await get("/api/status")];
    expect(head.text).toBe("");
    expect(head.headers["content-length"]).toBe(String(Buffer.byteLength(body.text)));
  });

  test("nothing can be written", async () => {
    for (const method of ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"]) {
      const { status, headers } = await get("/", {}, method);
      expect([method, status, headers.allow]).toEqual([method, 405, "GET, HEAD"]);
    }
  });

  test("another name than its own is refused, so that nobody's name can be made to point here", async () => {
    const { port } = new URL(base);
    for (const host of ["evil.example", `evil.example:${port}`, "127.0.0.1:1", "localhost.evil.example"]) {
      expect((await get("/", { Host: host })).status, host).toBe(421);
    }
    for (const host of [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`]) {
      expect((await get("/api/status", { Host: host })).status, host).toBe(200);
    }
  });

  test("there are no other paths", async () => {
    for (const path of ["/../package.json", "/%2e%2e/etc/passwd", "/campaign.db", "/api", "/api/status/"]) {
      expect((await get(path)).status, path).toBe(404);
    }
  });

  test("JSON says what the store says", async () => {
    const status = JSON.parse((await get("/api/status")).text);
    expect([status.schema, status.schedules, status.state, status.findings]).toEqual([1, 50_000, "ended", 1]);
    const { findings } = JSON.parse((await get("/api/findings")).text);
    expect(findings[0].title).toBe("assertion failed in lost(): at_end(counter == 2)");
    const { series } = JSON.parse((await get("/api/series")).text);
    expect(series.at(-1).schedules).toBe(50_000);
  });

  test("metrics are in the text format of Prometheus", async () => {
    const { headers, text } = await get("/metrics");
    expect(headers["content-type"]).toBe("text/plain; version=0.0.4; charset=utf-8");
    const lines = text.trimEnd().split("\n");
    const sample = /^raceproof_[a-z_]+\{([a-z_]+="(?:[^"\\\n]|\\[\\"n])*",?)+\} -?[0-9.e+]+$/;
    for (const line of lines)
      expect(line).toMatch(line.startsWith("#") ? /^# (HELP|TYPE) raceproof_[a-z_]+ .+$/ : sample);
    const families = lines.filter((line) => line.startsWith("# TYPE")).map((line) => line.split(" ")[2]!);
    expect(new Set(families).size).toBe(families.length);
    for (const [name, type] of lines
      .filter((line) => line.startsWith("# TYPE"))
      .map((line) => line.split(" ").slice(2))) {
      expect([name, name!.endsWith("_total")]).toEqual([name, type === "counter"]);
    }
    expect(text).toMatch(
      /^raceproof_schedules_total\{campaign="[0-9a-f]{16}",model="[^"]*counter\.c",scenario="lost"\} 50000$/m,
    );
    expect(text).toMatch(/^raceproof_running\{.*\} 0$/m);
  });
});

describe("a campaign that goes on", () => {
  test.skipIf(!hasBrowser)("the open page follows it, and nothing else is asked for", async () => {
    const browser = await launchBrowser();
    try {
      const { page, requests, complaints } = await openPage(browser, base);
      const line = page.locator("#live p");
      expect(await line.textContent()).toMatch(/^The campaign has ended \(schedules\): 50,000 schedules/);
      await fuzz("120k");
      await expect.poll(() => line.textContent(), { timeout: 20_000 }).toMatch(/120,000 schedules/);
      expect(new Set(requests)).toEqual(new Set([new URL("/events", base).href]));
      expect(complaints).toEqual([]);
    } finally {
      await browser.close();
    }
  });

  test("its folder goes, and comes back", async () => {
    renameSync(night, `${night}-away`);
    const gone = await get("/api/status");
    expect(gone.status).toBe(503);
    expect(gone.text).toContain("there is no folder");
    expect((await get("/")).status).toBe(503);
    renameSync(`${night}-away`, night);
    expect((await get("/")).status).toBe(200);
  });
});

describe("starting and ending", () => {
  test("what is no campaign, no port or taken is said in one line", async () => {
    const nothing = await run(["serve", join(place.path, "nothing")]);
    expect([nothing.code, nothing.stdout]).toEqual([2, ""]);
    expect(nothing.stderr).toMatch(/^raceproof: there is no folder .*nothing\n/);
    const port = await run(["serve", night, "--port", "70000"]);
    expect([port.code, port.stderr.split("\n")[0]]).toEqual([2, "raceproof: --port 70000 is not a port"]);
    const taken = await run(["serve", night, "--port", new URL(base).port]);
    expect(taken.code).toBe(2);
    expect(taken.stderr).toMatch(/127\.0\.0\.1 cannot be listened on: port \d+ is in use/);
  });

  test("another address is listened on when asked for, with a warning", async () => {
    const { child, address, stderr } = await serve("--host", "0.0.0.0");
    expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    expect(stderr()).toBe(
      "raceproof: warning: whoever reaches 0.0.0.0 can read this campaign; nothing is encrypted\n",
    );
    const end = ended(child);
    child.kill("SIGINT");
    expect(await end).toBe(0);
  });
});
