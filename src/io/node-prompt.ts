import fs from "node:fs";
import { ReadStream } from "node:tty";
import { PkiError } from "../model/error.ts";

const ENTER = new Set([0x0a, 0x0d]);
const CTRL_C = 0x03;
const CTRL_D = 0x04;
const CTRL_U = 0x15;
const ERASE = new Set([0x08, 0x7f]);
const MAX_BYTES = 4096;

/**
 * Asks on the terminal without echo and gives the bytes as typed.
 *
 * The terminal is put back in every case; Ctrl-C is `interrupted` (exit code 130), an end of input
 * before anything was typed is `password-missing`.
 */
export async function askHidden(prompt: string): Promise<Uint8Array> {
  const terminal = openTerminal();
  const input = new ReadStream(terminal.input);
  const say = (text: string) => fs.writeSync(terminal.output, text);
  const typed: number[] = [];
  try {
    input.setRawMode(true);
    say(prompt);
    return await new Promise<Uint8Array>((resolve, reject) => {
      const settle = (done: () => void) => {
        input.removeAllListeners();
        input.pause();
        done();
      };
      input.on("error", () => settle(() => reject(noTerminal())));
      input.on("end", () => settle(() => reject(noTerminal())));
      input.on("data", (chunk: Uint8Array) => {
        for (const byte of chunk) {
          if (ENTER.has(byte)) return settle(() => resolve(Uint8Array.from(typed)));
          if (byte === CTRL_C) {
            return settle(() => reject(new PkiError("interrupted", "interrupted")));
          }
          if (byte === CTRL_D) {
            if (typed.length === 0) return settle(() => reject(noTerminal()));
            return settle(() => resolve(Uint8Array.from(typed)));
          }
          if (byte === CTRL_U) typed.length = 0;
          else if (ERASE.has(byte)) eraseCharacter(typed);
          else if (byte >= 0x20 && typed.length < MAX_BYTES) typed.push(byte);
        }
      });
    });
  } finally {
    typed.fill(0);
    input.setRawMode(false);
    say("\n");
    input.destroy();
    if (terminal.output > 2) fs.closeSync(terminal.output);
  }
}

/** Takes the last character away: in UTF-8 its continuation bytes and then its first. */
function eraseCharacter(typed: number[]): void {
  while (typed.length > 0) {
    const byte = typed.pop() as number;
    if ((byte & 0xc0) !== 0x80) return;
  }
}

function openTerminal(): { input: number; output: number } {
  if (process.platform !== "win32") {
    try {
      // Two descriptors: destroying the stream closes its own.
      return { input: fs.openSync("/dev/tty", "r"), output: fs.openSync("/dev/tty", "w") };
    } catch {
      // No controlling terminal, but standard input may be one all the same.
    }
  }
  return { input: 0, output: 2 };
}

function noTerminal(): PkiError {
  return new PkiError("password-missing", "no password was typed", {
    hint: "give --password with env:VAR, file:PATH, fd:N, stdin or stash",
  });
}
