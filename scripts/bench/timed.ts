import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import type { Command } from "./measure.ts";

/** `pki audit` of a tree, its report as JSON. */
export function audit(tree: string, options: readonly string[]): Command {
  const args = [resolve("dist/pki.cjs"), "audit", tree, "--fail-on", "never", ...options];
  return { name: "pki audit", file: process.execPath, args: [...args, "--format", "json"] };
}

export interface Timed {
  readonly seconds: number;
  /** User and system time of all threads: what one core would have taken. */
  readonly cpuSeconds: number;
  readonly peakMiB: number;
}

/** What the process says about itself at its end, behind its errors: spawnSync does not tell. */
const WATCH =
  "data:text/javascript,process.on('exit',()=>{const u=process.resourceUsage();" +
  "process.stderr.write('\\nusage '+JSON.stringify([u.userCPUTime+u.systemCPUTime,u.maxRSS])+'\\n')})";

/** Runs a command to its end. @throws Error where it does not end well */
export function timed({ name, file, args }: Command): Timed {
  const env = { ...process.env };
  delete env.NODE_EXTRA_CA_CERTS;
  const watched = file === process.execPath ? ["--import", WATCH, ...args] : args;
  const from = process.hrtime.bigint();
  const run = spawnSync(file, watched, { env, stdio: ["ignore", "ignore", "pipe"] });
  const seconds = Number(process.hrtime.bigint() - from) / 1e9;
  const errors = run.stderr?.toString() ?? "";
  if (run.status !== 0) throw new Error(`${name} ended with ${run.status}: ${errors}`);
  // The last one is the whole process's: its threads say theirs before.
  const usage = [...errors.matchAll(/usage (\[.*\])/g)].at(-1)?.[1] ?? "[0,0]";
  const [micros, kib] = JSON.parse(usage) as [number, number];
  return { seconds, cpuSeconds: micros / 1e6, peakMiB: kib / 1024 };
}
