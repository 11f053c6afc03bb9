import { type ErrorCode, PkiError } from "../model/error.ts";

/** Why the system refused, in words an operator knows; undefined for what needs no translation. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "operation not permitted",
  EROFS: "the file system is read-only",
  ENOSPC: "no space left on the device",
  EDQUOT: "the disk quota is used up",
  EFBIG: "the file would be larger than the process may write",
  EIO: "input/output error",
  ENOENT: "no such file or directory",
  ENOTDIR: "a part of the path is not a directory",
  EISDIR: "it is a directory",
  EEXIST: "it exists already",
  ELOOP: "too many symbolic links",
  ENAMETOOLONG: "the name is too long",
  EMFILE: "too many open files",
  ETXTBSY: "it is being executed",
  EBUSY: "it is in use",
  EBADF: "the descriptor is not open",
};

/** EDQUOT by number (Linux, macOS): libuv has no name for it. */
const EDQUOT = new Set([-122, -69]);

export function systemCode(error: unknown): string {
  const { code, errno } = (error ?? {}) as { code?: unknown; errno?: unknown };
  if (typeof code === "string" && code.startsWith("Unknown system error")) {
    return EDQUOT.has(errno as number) ? "EDQUOT" : code;
  }
  return typeof code === "string" ? code : "";
}

export function systemReason(error: unknown): string {
  const code = systemCode(error);
  return REASONS[code] ?? (code === "" ? "unknown system error" : code);
}

/** What reading a file ran into. */
export function readError(path: string, error: unknown): PkiError {
  const code = systemCode(error);
  if (code === "ENOENT" || code === "ENOTDIR") {
    return new PkiError("file-not-found", "no such file", { path, cause: error });
  }
  return new PkiError("file-unreadable", `cannot be read: ${systemReason(error)}`, {
    path,
    cause: error,
  });
}

const HINTS: Readonly<Record<string, string>> = {
  EACCES: "run pki as the owner of the store, or give this user write permission on its directory",
  EPERM: "run pki as the owner of the store",
  EROFS: "copy the store to a file system that can be written",
  ENOSPC: "make room on the device and run the command again",
  EDQUOT: "make room in the quota and run the command again",
  EFBIG: "raise the limit of ulimit -f and run the command again",
  ENOENT: "make the directory first",
};

/** What writing a file ran into. `what` names the step, such as `cannot be written`. */
export function writeError(path: string, error: unknown, what = "cannot be written"): PkiError {
  const code = systemCode(error);
  const hint = HINTS[code];
  const kind: ErrorCode = code === "EEXIST" ? "file-exists" : "file-unwritable";
  return new PkiError(kind, `${what}: ${systemReason(error)}`, {
    path,
    ...(hint === undefined ? {} : { hint }),
    cause: error,
  });
}
