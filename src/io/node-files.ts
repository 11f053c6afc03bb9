import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { toHex } from "../bytes/octets.ts";
import { digest } from "../crypto/digest.ts";
import { PkiError } from "../model/error.ts";
import type { FileLook, FileRead, FileState, HostFiles } from "./host.ts";
import { readError, systemCode, writeError } from "./system-error.ts";

/** What must be undone when the process is interrupted: temporary files and locks. */
export interface Interruptible {
  /** Registers an undo; the returned function forgets it. */
  onInterrupt(undo: () => void): () => void;
}

const CHUNK = 1 << 20;

/** The real file system. Calls are synchronous inside: nothing can come between two steps of a commit. */
export function nodeFiles(
  interrupts: Interruptible,
  random: (count: number) => Uint8Array,
): HostFiles {
  const temporaries = new Map<string, () => void>();
  const forget = (path: string) => {
    temporaries.get(path)?.();
    temporaries.delete(path);
  };
  return {
    async stat(path) {
      return stateOf(path);
    },
    async read(path, limit) {
      return readWhole(path, limit);
    },
    async look(path) {
      return lookAt(path);
    },
    async part(path, offset, length) {
      return readPart(path, offset, length);
    },
    async list(path) {
      try {
        return readdirSync(path).sort();
      } catch (error) {
        throw readError(path, error);
      }
    },
    resolve: (path) => resolve(path),
    async realPath(path) {
      return realPath(resolve(path), 0);
    },
    async lock(path, waitMs) {
      const { takeLock } = await import("./node-lock.ts");
      const lock = await takeLock(realPath(resolve(path), 0), waitMs, random, path, (undo) =>
        interrupts.onInterrupt(undo),
      );
      const done = interrupts.onInterrupt(lock.release);
      return async () => {
        done();
        lock.release();
      };
    },
    async makeDirectory(path) {
      try {
        mkdirSync(path, { recursive: true });
      } catch (error) {
        throw writeError(path, error, "the directory cannot be made");
      }
    },
    async createNew(path, bytes, mode) {
      createFile(path, bytes, mode, () => {
        if (path.endsWith(".tmp")) {
          temporaries.set(
            path,
            interrupts.onInterrupt(() => rmSync(path, { force: true })),
          );
        }
      });
    },
    async rename(from, to) {
      try {
        renameSync(from, to);
      } catch (error) {
        throw writeError(to, error, "cannot be replaced");
      }
      forget(from);
    },
    async link(from, to) {
      try {
        linkSync(from, to);
      } catch (error) {
        throw writeError(to, error);
      }
    },
    async copyAccess(from, to) {
      copyAccess(from, to);
    },
    async remove(path) {
      try {
        rmSync(path, { force: true });
      } catch (error) {
        throw writeError(path, error, "cannot be removed");
      }
      forget(path);
    },
    async append(path, bytes, mode) {
      appendSynced(path, bytes, mode);
    },
    async syncDirectory(path) {
      syncDirectory(path);
    },
  };
}

function stateOf(path: string): FileState {
  try {
    const stat = statSync(path);
    const kind = stat.isFile() ? "file" : stat.isDirectory() ? "directory" : "other";
    return { kind, size: stat.size, mode: modeOf(stat) };
  } catch (error) {
    const code = systemCode(error);
    if (code === "ENOENT" || code === "ENOTDIR") return { kind: "absent", size: 0, mode: 0 };
    throw readError(path, error);
  }
}

function modeOf(stat: Stats): number {
  return process.platform === "win32" ? 0o600 : stat.mode & 0o777;
}

function lookAt(path: string): FileLook {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) {
    return { kind: "absent", size: 0, mode: undefined, modified: new Date(0) };
  }
  const kind = stat.isFile()
    ? "file"
    : stat.isDirectory()
      ? "directory"
      : stat.isSymbolicLink()
        ? "link"
        : "other";
  const mode = process.platform === "win32" ? undefined : stat.mode & 0o7777;
  return { kind, size: stat.size, mode, modified: stat.mtime };
}

function readPart(path: string, offset: number, length: number): Uint8Array {
  let fd: number;
  try {
    // A FIFO put in the file's place since it was looked at must not make us wait.
    fd = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    throw readError(path, error);
  }
  try {
    const bytes = new Uint8Array(length);
    let filled = 0;
    while (filled < length) {
      const count = readSync(fd, bytes, filled, length - filled, offset + filled);
      if (count === 0) break;
      filled += count;
    }
    return bytes.subarray(0, filled);
  } catch (error) {
    throw readError(path, error);
  } finally {
    closeSync(fd);
  }
}

/** Refuses what is no regular file before opening it: opening a FIFO would wait for a writer. */
function readWhole(path: string, limit: number): FileRead {
  let fd: number;
  try {
    refuseKind(path, statSync(path), limit);
    fd = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    if (error instanceof PkiError) throw error;
    throw readError(path, error);
  }
  try {
    const stat = fstatSync(fd);
    refuseKind(path, stat, limit);
    const bytes = readToEnd(path, fd, stat.size, limit);
    return {
      bytes,
      // Hashed when asked for: who reads a file to show it need not know whether it changes meanwhile.
      get sha256() {
        return toHex(digest("sha256", bytes));
      },
      mode: modeOf(stat),
    };
  } catch (error) {
    if (error instanceof PkiError) throw error;
    throw readError(path, error);
  } finally {
    closeSync(fd);
  }
}

function refuseKind(path: string, stat: Stats, limit: number): void {
  if (stat.isDirectory()) {
    throw new PkiError("file-unreadable", "is a directory", {
      path,
      hint: "name a keystore file inside it",
    });
  }
  if (!stat.isFile()) {
    throw new PkiError("file-unreadable", "is not a regular file", {
      path,
      hint: "copy its contents to a file and name that",
    });
  }
  if (stat.size > limit) throw tooLarge(path, limit);
}

function tooLarge(path: string, limit: number): PkiError {
  return new PkiError("file-too-large", `is larger than ${limit} bytes`, {
    path,
    hint: "no keystore is this large: check the name",
  });
}

function readToEnd(path: string, fd: number, size: number, limit: number): Uint8Array {
  // One byte more than the size, so that the end is seen without growing the buffer.
  let buffer = new Uint8Array(Math.min(size, limit) + 1);
  let filled = 0;
  for (;;) {
    const count = readSync(fd, buffer, filled, buffer.length - filled, null);
    if (count === 0) return buffer.subarray(0, filled);
    filled += count;
    if (filled > limit) throw tooLarge(path, limit);
    if (filled === buffer.length) {
      const larger = new Uint8Array(Math.min(limit + 1, buffer.length + CHUNK));
      larger.set(buffer);
      buffer = larger;
    }
  }
}

/** Also for a file that does not exist yet, and through a link that points to none. */
function realPath(path: string, depth: number): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if (systemCode(error) !== "ENOENT" || depth > 40) return path;
  }
  const parent = dirname(path);
  if (parent === path) return path;
  const here = join(realPath(parent, depth), basename(path));
  try {
    return realPath(resolve(dirname(here), readlinkSync(here)), depth + 1);
  } catch {
    return here;
  }
}

function createFile(path: string, bytes: Uint8Array, mode: number, created: () => void): void {
  keepSizeSignal();
  let fd: number;
  try {
    fd = openSync(path, "wx", mode);
  } catch (error) {
    throw writeError(path, error);
  }
  created();
  try {
    writeAll(fd, bytes);
    fsyncSync(fd);
  } catch (error) {
    throw writeError(path, error);
  } finally {
    closeSync(fd);
  }
}

function writeAll(fd: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at, bytes.length - at);
}

function appendSynced(path: string, bytes: Uint8Array, mode: number): void {
  keepSizeSignal();
  let fd: number;
  try {
    fd = openSync(path, "a", mode);
  } catch (error) {
    throw writeError(path, error);
  }
  try {
    const before = fstatSync(fd).size;
    try {
      writeAll(fd, bytes);
      fsyncSync(fd);
    } catch (error) {
      // Half a line would make the next one unreadable.
      ftruncateSync(fd, before);
      throw error;
    }
  } catch (error) {
    throw writeError(path, error);
  } finally {
    closeSync(fd);
  }
}

/** Over `ulimit -f` the system kills a process that does not listen; with a listener the write fails with EFBIG. */
function keepSizeSignal(): void {
  if (process.platform === "win32" || process.listenerCount("SIGXFSZ") > 0) return;
  process.on("SIGXFSZ", () => {});
}

function copyAccess(from: string, to: string): void {
  if (process.platform === "win32") return;
  try {
    const old = statSync(from);
    const now = statSync(to);
    // chown first: it clears set-id bits, and the wider mode must not be seen under the wrong owner.
    if (old.uid !== now.uid || old.gid !== now.gid) chownSync(to, old.uid, old.gid);
    chmodSync(to, old.mode & 0o777);
  } catch (error) {
    throw new PkiError("file-unwritable", "its owner and permissions cannot be kept", {
      path: from,
      hint: "run pki as the owner of the file",
      cause: error,
    });
  }
}

function syncDirectory(path: string): void {
  let fd: number;
  try {
    fd = openSync(path, "r");
  } catch {
    return; // A directory that may be written but not read, and Windows: nothing to sync with.
  }
  try {
    fsyncSync(fd);
  } catch (error) {
    // Some file systems know no fsync of a directory (EINVAL); a real failure must be told.
    if (systemCode(error) === "EIO") throw writeError(path, error, "cannot be made durable");
  } finally {
    closeSync(fd);
  }
}
