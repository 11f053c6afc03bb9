import fs from "node:fs";
import { basename, dirname, join } from "node:path";
import { toHex } from "../bytes/octets.ts";
import { PkiError } from "../model/error.ts";
import { holderOfThisProcess, isAlive, isDead, readHolder } from "./lock-holder.ts";
import { isQueued, isTicket, Ticket } from "./lock-queue.ts";
import { systemCode, writeError } from "./system-error.ts";

export interface Lock {
  /** Synchronous, so that an interrupted process can call it; safe to call twice. */
  readonly release: () => void;
}

type Random = (count: number) => Uint8Array;

/** A dead lock's breaker may die as well, and its breaker too; nobody needs more than this. */
const MAX_DEPTH = 8;

/** Most milliseconds between two looks of one who waits. */
const LONGEST_LOOK = 100;

/**
 * Takes `<path>.lock`, waiting up to `waitMs` behind those who came earlier. See docs/decisions/0040-locks.md
 * and docs/decisions/0115-locks-in-order.md.
 *
 * The file appears with its whole content (a link to a finished temporary file). A lock whose process
 * is dead is replaced, never removed, and only by the one who holds the lock named after the dead
 * lock's nonce: of two breakers the slower finds another nonce and gives up.
 *
 * @param path - the file to protect: absolute, links resolved
 * @param shown - the file as the user named it, for messages
 * @param onInterrupt - registers what an interrupted wait must undo, and gives how to forget it
 * @throws PkiError `file-locked`, `file-unwritable`
 */
export async function takeLock(
  path: string,
  waitMs: number,
  random: Random,
  shown = path,
  onInterrupt: (undo: () => void) => () => void = () => () => {},
): Promise<Lock> {
  const lockPath = `${path}.lock`;
  const deadline = performance.now() + waitMs;
  if (waitMs <= 0 || !isQueued(path, namesBeside(path, shown))) {
    const lock = tryLock(lockPath, path, random, shown, 0);
    if (lock !== undefined) return tidied(lock, path);
    if (waitMs <= 0) throw locked(shown, lockPath);
  }
  const ticket = takeTicket(path, random, shown);
  const forget = onInterrupt(() => ticket.leave());
  try {
    for (;;) {
      const now = performance.now();
      const free = mayBeTaken(lockPath);
      const place = ticket.before(free, now);
      const lock = free && place === 0 ? tryLock(lockPath, path, random, shown, 0) : undefined;
      if (lock !== undefined) {
        ticket.served();
        return tidied(lock, path);
      }
      if (now >= deadline) throw locked(shown, lockPath);
      const [jitter = 0] = random(1);
      const pause = Math.min(LONGEST_LOOK, 10 * (place + 1)) + jitter / 32;
      await new Promise((wake) => setTimeout(wake, Math.min(deadline - now, pause)));
    }
  } catch (error) {
    throw error instanceof PkiError ? error : writeError(shown, error, "cannot be locked");
  } finally {
    ticket.leave();
    forget();
  }
}

function namesBeside(path: string, shown: string): readonly string[] {
  try {
    return fs.readdirSync(dirname(path));
  } catch (error) {
    throw writeError(shown, error, "cannot be locked");
  }
}

function takeTicket(path: string, random: Random, shown: string): Ticket {
  try {
    return new Ticket(path, random);
  } catch (error) {
    throw writeError(shown, error, "cannot be locked");
  }
}

/** Nobody holds it, or one that is dead. Looked at before a try, which writes to the disk. */
function mayBeTaken(lockPath: string): boolean {
  const found = readHolder(lockPath);
  return found === undefined || (found.holder !== undefined && isDead(found.holder));
}

function tidied(lock: Lock, path: string): Lock {
  removeDeadLeftovers(path);
  return lock;
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

/** Unfinished lock files, breakers' locks and tickets of processes that are dead. To be called with the lock held. */
function removeDeadLeftovers(path: string): void {
  const directory = dirname(path);
  const own = basename(path);
  for (const name of fs.readdirSync(directory)) {
    if (!name.includes(own)) continue;
    const unfinished = name.startsWith(`.${own}.lock.`) && /\.\d+\.[0-9a-f]{8}\.tmp$/.test(name);
    const claim =
      name.startsWith(`${own}.lock.`) && /^(\.[0-9a-f]{16})+$/.test(name.slice(own.length + 5));
    if (!unfinished && !claim && !isTicket(name, own)) continue;
    const full = join(directory, name);
    const found = readHolder(full);
    // One that was killed while writing it has only its name to speak for it.
    const pid = Number(/\.(\d+)\.[0-9a-f]{8}\.tmp$/.exec(name)?.[1] ?? 0);
    const dead = found?.holder === undefined ? unfinished && !isAlive(pid) : isDead(found.holder);
    if (dead) fs.rmSync(full, { force: true });
  }
}
