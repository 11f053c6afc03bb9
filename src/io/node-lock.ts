import fs from "node:fs";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { toHex } from "../bytes/octets.ts";
import { PkiError } from "../model/error.ts";
import { systemCode, writeError } from "./system-error.ts";

/** Who holds a lock; the whole content of a lock file, as JSON. */
interface Holder {
  readonly pid: number;
  readonly host: string;
  /** Distinguishes two containers that share a host name and a volume: the process number means nothing across them. */
  readonly space: string;
  /** When the process started, in the system's own units: tells a process from a later one of the same number. */
  readonly started: string;
  readonly nonce: string;
}

export interface Lock {
  /** Synchronous, so that an interrupted process can call it; safe to call twice. */
  readonly release: () => void;
}

type Random = (count: number) => Uint8Array;

/** A dead lock's breaker may die as well, and its breaker too; nobody needs more than this. */
const MAX_DEPTH = 8;

/**
 * Takes `<path>.lock`, waiting up to `waitMs`. See docs/decisions/0040-locks.md.
 *
 * The file appears with its whole content (a link to a finished temporary file). A lock whose process
 * is dead is replaced, never removed, and only by the one who holds the lock named after the dead
 * lock's nonce: of two breakers the slower finds another nonce and gives up.
 *
 * @param path - the file to protect: absolute, links resolved
 * @param shown - the file as the user named it, for messages
 * @throws PkiError `file-locked`, `file-unwritable`
 */
export async function takeLock(
  path: string,
  waitMs: number,
  random: Random,
  shown = path,
): Promise<Lock> {
  const lockPath = `${path}.lock`;
  const deadline = performance.now() + waitMs;
  for (;;) {
    const lock = tryLock(lockPath, path, random, shown, 0);
    if (lock !== undefined) {
      removeDeadLeftovers(path);
      return lock;
    }
    const left = deadline - performance.now();
    if (left <= 0) throw locked(shown, lockPath);
    const [jitter = 0] = random(1);
    await new Promise((wake) => setTimeout(wake, Math.min(left, 10 + jitter / 4)));
  }
}

function locked(path: string, lockPath: string): PkiError {
  const holder = readHolder(lockPath)?.holder;
  const who =
    holder === undefined ? "" : ` by process ${holder.pid} on ${JSON.stringify(holder.host)}`;
  return new PkiError("file-locked", `is locked${who}`, {
    path,
    hint: `wait for it, raise --lock-timeout, or remove ${basename(lockPath)} if that process is gone`,
  });
}

function tryLock(
  lockPath: string,
  path: string,
  random: Random,
  shown: string,
  depth: number,
): Lock | undefined {
  const mine = holderOfThisProcess(toHex(random(8)));
  const temporary = join(
    dirname(path),
    `.${basename(path)}.lock.${process.pid}.${toHex(random(4))}.tmp`,
  );
  try {
    fs.writeFileSync(temporary, `${JSON.stringify(mine)}\n`, {
      flag: "wx",
      mode: 0o600,
      flush: true,
    });
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw writeError(shown, error, "cannot be locked");
  }
  try {
    if (placeNew(temporary, lockPath)) return held(lockPath, mine.nonce);
    const old = readHolder(lockPath);
    if (old?.holder === undefined || !isDead(old.holder) || depth >= MAX_DEPTH) return undefined;
    const breaking = tryLock(`${lockPath}.${old.holder.nonce}`, path, random, shown, depth + 1);
    if (breaking === undefined) return undefined;
    try {
      if (readHolder(lockPath)?.holder?.nonce !== old.holder.nonce) return undefined;
      fs.renameSync(temporary, lockPath);
      return held(lockPath, mine.nonce);
    } finally {
      breaking.release();
    }
  } catch (error) {
    if (error instanceof PkiError) throw error;
    // A holder on another machine may take our temporary file for a leftover: try again.
    if (systemCode(error) === "ENOENT" && !fs.existsSync(temporary)) return undefined;
    throw writeError(shown, error, "cannot be locked");
  } finally {
    fs.rmSync(temporary, { force: true });
  }
}

/** True when the lock file is ours now, false when there is one already. */
function placeNew(temporary: string, lockPath: string): boolean {
  try {
    fs.linkSync(temporary, lockPath);
    return true;
  } catch (error) {
    const code = systemCode(error);
    if (code === "EEXIST") return false;
    if (!["EPERM", "ENOSYS", "ENOTSUP", "EOPNOTSUPP", "EMLINK"].includes(code)) throw error;
  }
  // No hard links here (FAT, some shares): exclusive creation. A reader may see it empty, and then waits.
  try {
    fs.copyFileSync(temporary, lockPath, fs.constants.COPYFILE_EXCL);
    return true;
  } catch (error) {
    if (systemCode(error) === "EEXIST") return false;
    throw error;
  }
}

function held(lockPath: string, nonce: string): Lock {
  let released = false;
  return {
    release: () => {
      if (released) return;
      released = true;
      if (readHolder(lockPath)?.holder?.nonce === nonce) fs.rmSync(lockPath, { force: true });
    },
  };
}

/** undefined: no lock file. `holder` undefined: one that is not ours to judge. */
function readHolder(lockPath: string): { readonly holder: Holder | undefined } | undefined {
  let text: string;
  try {
    if (fs.statSync(lockPath).size > 4096) return { holder: undefined };
    text = fs.readFileSync(lockPath, "utf8");
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

/** Unfinished lock files, and breakers' locks, of processes that are dead. To be called with the lock held. */
function removeDeadLeftovers(path: string): void {
  const directory = dirname(path);
  const own = basename(path);
  for (const name of fs.readdirSync(directory)) {
    if (!name.includes(own)) continue;
    const unfinished = name.startsWith(`.${own}.lock.`) && /\.\d+\.[0-9a-f]{8}\.tmp$/.test(name);
    const claim =
      name.startsWith(`${own}.lock.`) && /^(\.[0-9a-f]{16})+$/.test(name.slice(own.length + 5));
    if (!unfinished && !claim) continue;
    const full = join(directory, name);
    const found = readHolder(full);
    // One that was killed while writing it has only its name to speak for it.
    const pid = Number(/\.(\d+)\.[0-9a-f]{8}\.tmp$/.exec(name)?.[1] ?? 0);
    const dead = found?.holder === undefined ? unfinished && !isAlive(pid) : isDead(found.holder);
    if (dead) fs.rmSync(full, { force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) !== "ESRCH";
  }
}

function holderOfThisProcess(nonce: string): Holder {
  return {
    pid: process.pid,
    host: hostname(),
    space: processSpace(),
    started: startOf(process.pid),
    nonce,
  };
}

/** Only what can be known is believed: same machine, same process space, and the process is gone or another. */
function isDead(holder: Holder): boolean {
  if (holder.host !== hostname() || holder.space !== processSpace()) return false;
  if (!Number.isSafeInteger(holder.pid) || holder.pid <= 0) return false;
  if (!isAlive(holder.pid)) return true;
  const started = startOf(holder.pid);
  return holder.started !== "" && started !== "" && started !== holder.started;
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
