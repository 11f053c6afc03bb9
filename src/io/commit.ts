import { basename, dirname, join } from "node:path";
import { toHex } from "../bytes/octets.ts";
import { digest } from "../crypto/digest.ts";
import { PkiError } from "../model/error.ts";
import { type FileAppend, type FileWrite, type Host, MAX_STORE_BYTES } from "./host.ts";

/** One write on its way: where it lands, and what stands ready beside that place. */
interface Staged {
  readonly write: FileWrite;
  /** Links followed: the file itself is replaced, a link to it stays a link. */
  readonly target: string;
  readonly temporary: string;
  /** A second name of the old file, kept until every file of the commit is in place. */
  readonly backup: string | undefined;
}

/** What a commit left for the user to know. */
export interface Committed {
  readonly written: readonly string[];
}

/**
 * Brings an outcome to disk: all of it, or nothing.
 *
 * Order: expectations and read-back of every write; the appended lines (fsynced, so that a record is on
 * disk before the certificate it records); temporary files beside their targets (0600, fsynced, then the
 * old file's owner and mode); expectations again; renames; fsync of the directories. No file system
 * renames two files at once: where several existing files are replaced, each keeps its old contents under
 * `.<name>.<pid>.<random>.bak` until the last rename, a failure puts them back, and after a crash between
 * two renames they are found there.
 *
 * @throws PkiError `file-changed`, `file-exists`, `file-unwritable`, or what a `verify` throws
 */
export async function commit(
  host: Host,
  writes: readonly FileWrite[],
  appends: readonly FileAppend[] = [],
): Promise<Committed> {
  const staged = await stage(host, writes);
  for (const { write, target } of staged) {
    await checkExpectation(host, write, target);
    await write.verify?.(write.bytes);
  }
  for (const { path, expect } of appends) {
    if (expect !== undefined) await checkUnchanged(host, path, path, expect.sha256);
  }
  for (const { path, line } of appends) {
    await host.files.append(path, new TextEncoder().encode(`${line}\n`), 0o600);
    await host.files.syncDirectory(dirname(host.files.resolve(path)));
  }
  const created: string[] = [];
  try {
    for (const item of staged) await writeTemporary(host, item, created);
    for (const { write, target } of staged) await checkExpectation(host, write, target);
    await moveAll(host, staged, created);
  } catch (error) {
    for (const path of created) await host.files.remove(path).catch(() => {});
    throw error;
  }
  for (const directory of new Set(staged.map(({ target }) => dirname(target)))) {
    await host.files.syncDirectory(directory);
  }
  for (const { backup } of staged) if (backup !== undefined) await host.files.remove(backup);
  return { written: staged.map(({ write }) => write.path) };
}

async function stage(host: Host, writes: readonly FileWrite[]): Promise<readonly Staged[]> {
  const staged: Staged[] = [];
  const replaced = writes.filter(({ expect }) => "sha256" in expect).length;
  for (const write of writes) {
    const target = await host.files.realPath(write.path);
    if (staged.some((other) => other.target === target)) {
      throw new PkiError("usage", "is named twice: one command cannot write it two ways", {
        path: write.path,
      });
    }
    const stem = join(
      dirname(target),
      `.${basename(target)}.${host.processId}.${toHex(host.random(4))}`,
    );
    const keep = replaced > 1 && "sha256" in write.expect;
    staged.push({
      write,
      target,
      temporary: `${stem}.tmp`,
      backup: keep ? `${stem}.bak` : undefined,
    });
  }
  return staged;
}

async function checkExpectation(host: Host, write: FileWrite, target: string): Promise<void> {
  const { path, expect } = write;
  const state = await host.files.stat(target);
  if ("absent" in expect) {
    if (state.kind === "absent") return;
    throw new PkiError("file-exists", "exists already", { path });
  }
  await checkUnchanged(host, path, target, expect.sha256);
}

async function checkUnchanged(
  host: Host,
  path: string,
  target: string,
  wanted: string,
): Promise<void> {
  const changed = new PkiError("file-changed", "was changed by somebody else in the meantime", {
    path,
    hint: "run the command again",
  });
  if ((await host.files.stat(target)).kind !== "file") throw changed;
  const { sha256 } = await host.files.read(target, MAX_STORE_BYTES);
  if (sha256 !== wanted) throw changed;
}

async function writeTemporary(host: Host, item: Staged, created: string[]): Promise<void> {
  const { write, target, temporary } = item;
  const { files } = host;
  const replaces = "sha256" in write.expect;
  if (write.makeParents === true && (await files.stat(dirname(target))).kind === "absent") {
    await files.makeDirectory(dirname(target));
  }
  created.push(temporary);
  try {
    await files.createNew(temporary, write.bytes, replaces || write.private ? 0o600 : 0o644);
    if (replaces) await files.copyAccess(target, temporary);
    const { sha256 } = await files.read(temporary, MAX_STORE_BYTES);
    if (sha256 !== toHex(digest("sha256", write.bytes))) {
      throw new PkiError("file-unwritable", "came back from the disk with other contents");
    }
  } catch (error) {
    // The user knows the store, not the temporary file beside it.
    throw error instanceof PkiError ? renamed(error, write.path) : error;
  }
}

function renamed(error: PkiError, path: string): PkiError {
  const { where, hint } = error;
  return new PkiError(error.code, error.message, {
    path,
    ...(where === undefined ? {} : { where }),
    ...(hint === undefined ? {} : { hint }),
    cause: error,
  });
}

async function moveAll(host: Host, staged: readonly Staged[], created: string[]): Promise<void> {
  const { files } = host;
  const backups = staged.filter(({ backup }) => backup !== undefined);
  for (const { target, backup } of backups) {
    created.push(backup as string);
    await files.link(target, backup as string);
  }
  const moved: Staged[] = [];
  try {
    for (const item of staged) {
      await move(host, item);
      moved.push(item);
    }
  } catch (error) {
    for (const item of moved.reverse()) await moveBack(host, item, created);
    throw error instanceof PkiError && moved.length < staged.length
      ? renamed(error, (staged[moved.length] as Staged).write.path)
      : error;
  }
}

async function move(host: Host, { write, target, temporary }: Staged): Promise<void> {
  if ("sha256" in write.expect) return host.files.rename(temporary, target);
  try {
    // A link fails where the file appeared meanwhile; a rename would overwrite it.
    await host.files.link(temporary, target);
  } catch (error) {
    if (error instanceof PkiError && error.code === "file-exists") throw error;
    return host.files.rename(temporary, target); // No hard links on this file system.
  }
  try {
    await host.files.remove(temporary);
  } catch (error) {
    // Not counted as moved yet, so nobody else would take it back.
    await host.files.remove(target).catch(() => {});
    throw error;
  }
}

async function moveBack(host: Host, item: Staged, created: string[]): Promise<void> {
  const { target, backup } = item;
  if (backup === undefined) return host.files.remove(target).catch(() => {});
  try {
    await host.files.rename(backup, target);
  } catch {
    // It could not be put back: then it must at least not be removed.
    created.splice(created.indexOf(backup), 1);
  }
}

/** Leftovers of an interrupted run beside a store. */
export interface Leftovers {
  /** Unfinished files that were removed. */
  readonly removed: readonly string[];
  /** Old contents of files that an interrupted commit of several had replaced; left in place. */
  readonly backups: readonly string[];
}

/**
 * Removes what an earlier, killed run left beside a store. Only for one whose lock we hold: everybody
 * who writes such a file holds it, so whatever is there belongs to nobody. Leftovers of the lock itself
 * are the lock's own business: others may be waiting for it.
 *
 * @param names - base names in the store's directory that its lock protects: the store and its companions
 */
export async function removeLeftovers(
  host: Host,
  directory: string,
  names: readonly string[],
): Promise<Leftovers> {
  const removed: string[] = [];
  const backups: string[] = [];
  for (const name of await host.files.list(directory)) {
    const match = /^\.(.+)\.\d+\.[0-9a-f]{8}\.(tmp|bak)$/.exec(name);
    if (match === null || !names.includes(match[1] as string)) continue;
    const path = join(directory, name);
    if (match[2] === "bak") {
      backups.push(path);
      continue;
    }
    await host.files.remove(path);
    removed.push(path);
  }
  return { removed, backups };
}
