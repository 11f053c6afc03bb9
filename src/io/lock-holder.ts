import fs from "node:fs";
import { hostname } from "node:os";
import { systemCode } from "./system-error.ts";

/** Who holds a lock or waits for it; the whole content of a lock file and of a ticket, as JSON. */
export interface Holder {
  readonly pid: number;
  readonly host: string;
  /** Distinguishes two containers that share a host name and a volume: the process number means nothing across them. */
  readonly space: string;
  /** When the process started, in the system's own units: tells a process from a later one of the same number. */
  readonly started: string;
  readonly nonce: string;
}

/** undefined: no such file. `holder` undefined: one that is not ours to judge. */
export function readHolder(path: string): { readonly holder: Holder | undefined } | undefined {
  let text: string;
  try {
    if (fs.statSync(path).size > 4096) return { holder: undefined };
    text = fs.readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
  try {
    const value = JSON.parse(text) as Partial<Holder> | null;
    if (
      typeof value?.pid === "number" &&
      typeof value.host === "string" &&
      typeof value.space === "string" &&
      typeof value.started === "string" &&
      typeof value.nonce === "string" &&
      /^[0-9a-f]{16}$/.test(value.nonce)
    ) {
      return { holder: value as Holder };
    }
  } catch {
    // Not JSON: some other program's lock.
  }
  return { holder: undefined };
}

export function holderOfThisProcess(nonce: string): Holder {
  return {
    pid: process.pid,
    host: hostname(),
    space: processSpace(),
    started: startOf(process.pid),
    nonce,
  };
}

/** Only what can be known is believed: same machine, same process space, and the process is gone or another. */
export function isDead(holder: Holder): boolean {
  if (holder.host !== hostname() || holder.space !== processSpace()) return false;
  if (!Number.isSafeInteger(holder.pid) || holder.pid <= 0) return false;
  if (!isAlive(holder.pid)) return true;
  const started = startOf(holder.pid);
  return holder.started !== "" && started !== "" && started !== holder.started;
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) !== "ESRCH";
  }
}

function processSpace(): string {
  try {
    return fs.readlinkSync("/proc/self/ns/pid");
  } catch {
    return "";
  }
}

/** Linux: boot and clock tick of the start; elsewhere unknown (empty), and then only the number counts. */
function startOf(pid: number): string {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, "utf8");
    // The program's name is in parentheses and may hold anything; field 22 is the 20th after it.
    const ticks = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
    const boot = fs.readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return ticks === undefined ? "" : `${boot}/${ticks}`;
  } catch {
    return "";
  }
}
