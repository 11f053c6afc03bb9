import { closeSync, fstatSync, openSync, readSync, type Stats, statSync, writeSync } from "node:fs";
import { PkiError } from "../model/error.ts";
import type { HostTerminal } from "./host.ts";
import { systemCode, systemReason } from "./system-error.ts";

/** Standard streams and the person in front of them, without Node's stream objects: those cost start time. */
export function nodeTerminal(): HostTerminal {
  let outClosed = false;
  const write = (fd: number, bytes: Uint8Array) => {
    if (fd === 1 && outClosed) return;
    try {
      writeAll(fd, bytes);
    } catch (error) {
      // The reader has seen enough (`pki list … | head -1`): not our failure.
      if (systemCode(error) === "EPIPE") outClosed ||= fd === 1;
      else if (fd === 1) {
        outClosed = true;
        throw new PkiError("file-unwritable", `standard output: ${systemReason(error)}`, {
          cause: error,
        });
      }
    }
  };
  const encoder = new TextEncoder();
  const progress: { started: number | undefined; shown: number; seen: boolean | undefined } = {
    started: undefined,
    shown: 0,
    seen: undefined,
  };
  return {
    get interactive() {
      return canAsk();
    },
    get stdoutIsTerminal() {
      return isTerminal(1);
    },
    get stderrIsTerminal() {
      return isTerminal(2);
    },
    get columns() {
      return process.stdout.columns || 80; // 0 where the terminal does not say
    },
    async askSecret(prompt) {
      const { askHidden } = await import("./node-prompt.ts");
      return askHidden(prompt);
    },
    readStdin: async (limit) => readDescriptor(0, limit),
    readFd: async (fd, limit) => readDescriptor(fd, limit),
    readLine: async (fd, limit) => readLine(fd, limit),
    progress(text) {
      // Asked once: an audit tells its progress for every file.
      progress.seen ??= isTerminal(2);
      if (!progress.seen) return;
      const now = performance.now();
      progress.started ??= now;
      const due = now - progress.started >= 300 && now - progress.shown >= 100;
      if (text === undefined ? progress.shown === 0 : !due) return;
      progress.shown = now;
      write(2, encoder.encode(`\r\x1b[K${text ?? ""}`));
    },
    out: (text) => write(1, encoder.encode(text)),
    outBytes: (bytes) => write(1, bytes),
    err: (text) => write(2, encoder.encode(text)),
  };
}

function isTerminal(fd: number): boolean {
  try {
    // node:tty brings all of Node's streams with it; only what may be a terminal is worth that.
    const stat = fstatSync(fd);
    if (!stat.isCharacterDevice() || isNullDevice(stat)) return false;
    return process.getBuiltinModule("node:tty").isatty(fd);
  } catch {
    return false;
  }
}

function isNullDevice({ rdev }: Stats): boolean {
  return process.platform !== "win32" && rdev === statSync("/dev/null").rdev;
}

function canAsk(): boolean {
  if ((process.env.PKI_NO_PROMPT ?? "") !== "") return false;
  if (isTerminal(0) && isTerminal(2)) return true;
  if (process.platform === "win32") return false;
  try {
    closeSync(openSync("/dev/tty", "r+"));
    return true;
  } catch {
    return false;
  }
}

function writeAll(fd: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(fd, bytes, at, bytes.length - at);
    } catch (error) {
      if (systemCode(error) !== "EAGAIN") throw error;
      pause(1); // A pipe that another program made non-blocking, and that is full.
    }
  }
}

function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

function readSome(fd: number, buffer: Uint8Array): number {
  for (;;) {
    try {
      return readSync(fd, buffer, 0, buffer.length, null);
    } catch (error) {
      const code = systemCode(error);
      if (code === "EOF") return 0;
      if (code !== "EAGAIN") {
        throw new PkiError("password-missing", `descriptor ${fd}: ${systemReason(error)}`, {
          cause: error,
        });
      }
      pause(10);
    }
  }
}

function readDescriptor(fd: number, limit: number): Uint8Array {
  const chunk = new Uint8Array(65_536);
  const parts: Uint8Array[] = [];
  let length = 0;
  for (let count = readSome(fd, chunk); count > 0; count = readSome(fd, chunk)) {
    length += count;
    if (length > limit) {
      throw new PkiError("file-too-large", `descriptor ${fd} gives more than ${limit} bytes`);
    }
    parts.push(chunk.slice(0, count));
  }
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

const LF = 0x0a;
const CR = 0x0d;

/** Byte by byte: what stands after the line belongs to the next reader. */
function readLine(fd: number, limit: number): Uint8Array {
  const line = new Uint8Array(limit + 2);
  const one = new Uint8Array(1);
  let length = 0;
  let seen = false;
  while (readSome(fd, one) === 1) {
    seen = true;
    if (one[0] === LF) break;
    if (length === line.length) break;
    line[length++] = one[0] as number;
  }
  if (!seen) {
    throw new PkiError(
      "password-missing",
      `${fd === 0 ? "standard input" : `descriptor ${fd}`} is at its end`,
    );
  }
  if (line[length - 1] === CR) length--;
  if (length > limit) {
    throw new PkiError("password-refused", `the password is longer than ${limit} bytes`);
  }
  const result = line.slice(0, length);
  line.fill(0);
  return result;
}
