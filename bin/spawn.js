// Runs a child in our place: same terminal, signals passed on, exit code or fatal signal handed back.
// spawnSync would not do: the parent would die of Ctrl-C first and the prompt come back too early.

import { spawn } from "node:child_process";

const FORWARDED = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR2"];

/**
 * Never returns control: the process ends as the child ends. With `leash` the child gets a channel that
 * closes when this process dies, SIGKILL included, so that no campaign is left behind as an orphan. `env` is
 * added to the environment where that says nothing else.
 */
export function runInstead(binary, args, { leash, env = {} }) {
  const stdio = leash ? ["inherit", "inherit", "inherit", "ipc"] : "inherit";
  const child = spawn(binary, args, { stdio, env: { ...env, ...process.env } });
  for (const signal of FORWARDED) {
    // A terminal's Ctrl-C reaches the child as well as us; the child takes two that come together for one.
    process.on(signal, () => child.kill(signal));
  }
  child.on("error", (error) => {
    process.stderr.write(`raceproof: cannot run ${binary}: ${error.message}\n`);
    process.exitCode = 70;
  });
  child.on("exit", (code, signal) => {
    if (signal === null) process.exit(code ?? 70);
    for (const name of FORWARDED) process.removeAllListeners(name);
    process.kill(process.pid, signal);
  });
}
