import fs from "node:fs";
import { ReadStream } from "node:tty";
import { PkiError } from "../model/error.ts";
import { systemCode } from "./system-error.ts";

const ENTER = new Set([0x0a, 0x0d]);
const CTRL_C = 0x03;
const CTRL_D = 0x04;
const CTRL_U = 0x15;
const ERASE = new Set([0x08, 0x7f]);
const MAX_BYTES = 4096;

/** Between two looks at what was typed. */
const LOOK_MS = 15;

/**
 * Asks on the terminal without echo and gives the bytes as typed.
 *
 * The terminal is put back in every case; Ctrl-C is `interrupted` (exit code 130), an end of input
 * before anything was typed is `password-missing`.
 */
export async function askHidden(prompt: string): Promise<Uint8Array> {
  const terminal = openTerminal();
  const say = (text: string) => fs.writeSync(terminal.output, text);
  const line = new TypedLine();
  try {
    terminal.mode.setRawMode(true);
    say(prompt);
    if (terminal.input === undefined) await readStream(terminal.mode, line);
    else await readLooking(terminal.input, line);
    return line.take();
  } finally {
    line.wipe();
    terminal.mode.setRawMode(false);
    say("\n");
    terminal.close();
  }
}

/** What was typed so far, with the editing that people expect. */
class TypedLine {
  readonly #typed: number[] = [];

  /** @returns true at the end of the line. @throws PkiError `interrupted`, `password-missing` */
  add(chunk: Uint8Array): boolean {
    const typed = this.#typed;
    for (const byte of chunk) {
      if (ENTER.has(byte)) return true;
      if (byte === CTRL_C) throw new PkiError("interrupted", "interrupted");
      if (byte === CTRL_D) {
        if (typed.length === 0) throw noTerminal();
        return true;
      }
      if (byte === CTRL_U) typed.length = 0;
      else if (ERASE.has(byte)) eraseCharacter(typed);
      else if (byte >= 0x20 && typed.length < MAX_BYTES) typed.push(byte);
    }
    return false;
  }

  take(): Uint8Array {
    return Uint8Array.from(this.#typed);
  }

  wipe(): void {
    this.#typed.fill(0);
  }
}

/**
 * Reads a descriptor that does not block. Not as a stream: in Bun's runtime, which the standalone
 * executable has, only the first stream of a terminal ever gets input, and one that did keeps the process from ending.
 */
async function readLooking(input: number, line: TypedLine): Promise<void> {
  const chunk = new Uint8Array(256);
  try {
    for (;;) {
      const count = readTyped(input, chunk);
      if (count === 0) throw noTerminal();
      if (count !== undefined && line.add(chunk.subarray(0, count))) return;
      if (count === undefined) await new Promise((wake) => setTimeout(wake, LOOK_MS));
    }
  } finally {
    chunk.fill(0);
  }
}

/** undefined: nothing was typed yet. 0: the terminal is gone. */
function readTyped(input: number, chunk: Uint8Array): number | undefined {
  try {
    return fs.readSync(input, chunk, 0, chunk.length, null);
  } catch (error) {
    if (systemCode(error) === "EAGAIN") return undefined;
    throw noTerminal();
  }
}

function readStream(input: ReadStream, line: TypedLine): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (done: () => void) => {
      input.removeAllListeners();
      input.pause();
      done();
    };
    const ended = () => settle(() => reject(noTerminal()));
    input.on("error", ended).on("end", ended);
    input.on("data", (chunk: Uint8Array) => {
      try {
        if (line.add(chunk)) settle(resolve);
      } catch (error) {
        settle(() => reject(error));
      }
    });
  });
}

/** Takes the last character away: in UTF-8 its continuation bytes and then its first. */
function eraseCharacter(typed: number[]): void {
  while (typed.length > 0) {
    const byte = typed.pop() as number;
    if ((byte & 0xc0) !== 0x80) return;
  }
}

interface Terminal {
  /** To set its mode; and to read where there is no `input`. */
  readonly mode: ReadStream;
  /** A descriptor that does not block. */
  readonly input?: number;
  readonly output: number;
  close(): void;
}

function openTerminal(): Terminal {
  if (process.platform === "win32") return standardTerminal();
  const { O_NONBLOCK, O_RDONLY } = fs.constants;
  try {
    const input = fs.openSync("/dev/tty", O_RDONLY | O_NONBLOCK);
    const output = fs.openSync("/dev/tty", "w");
    // A third: destroying a stream closes its own.
    const mode = new ReadStream(fs.openSync("/dev/tty", "r"));
    const close = () => {
      mode.destroy();
      for (const opened of [input, output]) fs.closeSync(opened);
    };
    return { mode, input, output, close };
  } catch {
    // No controlling terminal, but standard input may be one all the same.
    return standardTerminal();
  }
}

function standardTerminal(): Terminal {
  const mode = new ReadStream(0);
  return { mode, output: 2, close: () => mode.destroy() };
}

function noTerminal(): PkiError {
  return new PkiError("password-missing", "no password was typed", {
    hint: "give --password with env:VAR, file:PATH, fd:N, stdin or stash",
  });
}
