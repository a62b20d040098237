// serve: a read-only view of a campaign over HTTP: the page, what changes on it as server-sent events,
// metrics, JSON. There is nothing to write to; whoever asks by a name that is not this server's is refused,
// so that no page elsewhere can have its own name point here and read along.

import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, isIP } from "node:net";
import { Exit, type ExitCode, RaceproofError, UsageError } from "../base/errors.ts";
import { pagePolicy } from "../report/html/page.ts";
import { METRICS_TYPE, renderMetrics } from "../report/metrics.ts";
import type { ServeFlags } from "./flags.ts";
import { catchInterrupts } from "./interrupt.ts";
import { Live } from "./live.ts";
import { writeError, writeResult } from "./output.ts";
import { pageAssets } from "./page-assets.ts";
import { parsePort } from "./values.ts";

const POLL_MS = 1000;
/** A comment keeps connections open through whatever lies between. */
const HEARTBEAT_POLLS = 15;
const LISTENERS_MAX = 64;
/** What another port may mend. */
const PORTS: ReadonlySet<string> = new Set(["EADDRINUSE", "EACCES"]);
const LOOPBACK: ReadonlySet<string> = new Set(["127.0.0.1", "::1", "localhost"]);
const WILDCARD: ReadonlySet<string> = new Set(["0.0.0.0", "::"]);

export async function runServe(folder: string, { port, host }: ServeFlags): Promise<ExitCode> {
  const assets = pageAssets();
  const live = new Live(folder, assets);
  // A folder that is no campaign is said at once.
  await live.stats();
  const interrupts = catchInterrupts();
  const view = new View(live, host, pagePolicy(assets, true));
  const server = createServer((request, response) => void view.answer(request, response));
  const address = await listen(server, parsePort(port), host);
  view.port = address.port;
  if (!LOOPBACK.has(host)) {
    writeError(`raceproof: warning: whoever reaches ${host} can read this campaign; nothing is encrypted`);
  }
  const shown = WILDCARD.has(host) ? "127.0.0.1" : host;
  await writeResult(`http://${isIP(shown) === 6 ? `[${shown}]` : shown}:${address.port}/`);
  await new Promise<void>((resolve) => {
    if (interrupts.signal.aborted) resolve();
    else interrupts.signal.addEventListener("abort", () => resolve(), { once: true });
  });
  view.close();
  server.close();
  server.closeAllConnections();
  interrupts.release();
  return Exit.CLEAN;
}

function listen(server: Server, port: number, host: string): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once("error", ({ code, message }: NodeJS.ErrnoException) => {
      const reason = code === "EADDRINUSE" ? `port ${port} is in use` : message;
      reject(
        new UsageError(
          `${host} cannot be listened on: ${reason}`,
          PORTS.has(code ?? "") ? "name another --port, or --port 0 for any" : "name another --host",
        ),
      );
    });
    server.listen(port, host, () => resolve(server.address() as AddressInfo));
  });
}

type Answer = { readonly type: string; readonly text: string };

/** A class because it holds who listens. */
class View {
  /** Known once the server listens. */
  port = 0;
  readonly #live: Live;
  readonly #host: string;
  readonly #policy: string;
  readonly #listeners = new Set<ServerResponse>();
  #timer: NodeJS.Timeout | null = null;
  #polls = 0;
  #said = "";

  constructor(live: Live, host: string, policy: string) {
    this.#live = live;
    this.#host = host;
    this.#policy = policy;
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "", url = "" } = request;
    for (const [name, value] of this.#headers()) response.setHeader(name, value);
    if (!this.#isOurs(request.headers.host ?? ""))
      return plain(response, 421, "this server has another name");
    if (method !== "GET" && method !== "HEAD") {
      response.setHeader("Allow", "GET, HEAD");
      return plain(response, 405, "there is nothing to write to here");
    }
    const path = url.split("?")[0]!;
    if (path === "/events" && method === "GET") return this.#listen(response);
    const make = this.#routes.get(path);
    if (make === undefined) return plain(response, 404, "there is nothing here");
    try {
      send(request, response, await make());
    } catch (error) {
      // The folder went, or cannot be read for now; it may come back.
      if (error instanceof RaceproofError) return plain(response, 503, error.message);
      writeError(`raceproof: ${error instanceof Error ? error.message : String(error)}`);
      plain(response, 500, "this is a bug in raceproof");
    }
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    for (const listener of this.#listeners) listener.end();
  }

  readonly #routes: ReadonlyMap<string, () => Promise<Answer>> = new Map([
    ["/", async () => ({ type: "text/html; charset=utf-8", text: await this.#live.html() })],
    ["/metrics", async () => ({ type: METRICS_TYPE, text: renderMetrics(await this.#live.stats()) })],
    ["/api/status", async () => json(await this.#live.stats())],
    ["/api/findings", async () => json({ schema: 1, findings: await this.#live.findings() })],
    ["/api/series", async () => json({ schema: 1, series: await this.#live.series() })],
  ]);

  #headers(): [string, string][] {
    return [
      ["Content-Security-Policy", `${this.#policy}; frame-ancestors 'none'`],
      ["X-Content-Type-Options", "nosniff"],
      ["X-Frame-Options", "DENY"],
      ["Referrer-Policy", "no-referrer"],
      ["Cross-Origin-Resource-Policy", "same-origin"],
      ["Cross-Origin-Opener-Policy", "same-origin"],
    ];
  }

  /**
   * The Host that a request names: an address, or the name that was asked for; no other name, whoever owns
   * it.
   */
  #isOurs(host: string): boolean {
    const match = /^(\[[0-9a-f:.]+\]|[^:]+)(?::(\d+))?$/i.exec(host);
    if (match === null || Number(match[2] ?? 80) !== this.port) return false;
    const name = match[1]!.replace(/^\[|\]$/g, "").toLowerCase();
    if (name === this.#host.toLowerCase()) return true;
    if (WILDCARD.has(this.#host)) return isIP(name) !== 0 || name === "localhost";
    return LOOPBACK.has(this.#host) && LOOPBACK.has(name);
  }

  #listen(response: ServerResponse): void {
    if (this.#listeners.size >= LISTENERS_MAX) {
      plain(response, 503, "too many listen already");
      return;
    }
    response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
    this.#listeners.add(response);
    response.on("close", () => this.#listeners.delete(response));
    // Whoever is new hears how it stands.
    this.#said = "";
    this.#poll();
  }

  /** While anybody listens. */
  #poll(): void {
    if (this.#timer !== null) return;
    const next = async (): Promise<void> => {
      const text = await this.#news();
      const due = this.#polls++ % HEARTBEAT_POLLS === 0;
      for (const listener of this.#listeners) {
        if (text !== this.#said) listener.write(text);
        else if (due) listener.write(": still here\n\n");
      }
      this.#said = text;
      this.#timer = this.#listeners.size === 0 ? null : setTimeout(() => void next(), POLL_MS);
    };
    this.#timer = setTimeout(() => void next(), 0);
  }

  async #news(): Promise<string> {
    try {
      return `event: stats\ndata: ${JSON.stringify(await this.#live.news())}\n\n`;
    } catch (error) {
      const reason = error instanceof RaceproofError ? error.message : "a bug in raceproof";
      const text = `The campaign cannot be read: ${reason}; this is how it stood.`;
      return `event: gone\ndata: ${JSON.stringify({ text })}\n\n`;
    }
  }
}

function json(value: unknown): Answer {
  return { type: "application/json; charset=utf-8", text: `${JSON.stringify(value, null, 2)}\n` };
}

/** Whoever has the same already gets no body. */
function send({ method, headers }: IncomingMessage, response: ServerResponse, { type, text }: Answer): void {
  const tag = `"${createHash("sha256").update(text).digest("base64url").slice(0, 27)}"`;
  response.setHeader("ETag", tag);
  response.setHeader("Cache-Control", "no-cache");
  const known = (headers["if-none-match"] ?? "").split(",").map((each) => each.trim().replace(/^W\//, ""));
  if (known.includes(tag) || known.includes("*")) {
    response.writeHead(304).end();
    return;
  }
  response.writeHead(200, { "Content-Type": type, "Content-Length": Buffer.byteLength(text) });
  response.end(method === "HEAD" ? undefined : text);
}

function plain(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store" });
  response.end(`${text}\n`);
}
