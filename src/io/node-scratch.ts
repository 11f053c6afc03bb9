import { closeSync, openSync, readSync, unlinkSync, writeSync } from "node:fs";
import { join } from "node:path";
import { toHex } from "../bytes/octets.ts";
import { PkiError } from "../model/error.ts";
import type { HostScratch, ScratchFile } from "./host.ts";
import type { Interruptible } from "./node-files.ts";
import { readError, writeError } from "./system-error.ts";

/** What Node takes by default where it does not say. */
const USUAL_MEMORY = 4 * 1024 ** 3;
const HINT = "name a directory with more room in TMPDIR";

/**
 * Temporary files of this process: mode 0600, and their names are taken away as soon as they are open, so that
 * nothing stays whatever ends the process. Where the system does not let go of the name, it goes with the process.
 */
export function nodeScratch(
  interrupts: Interruptible,
  random: (count: number) => Uint8Array,
): HostScratch {
  return {
    memory() {
      const limit = late("node:v8")?.getHeapStatistics().heap_size_limit ?? 0;
      return limit > 0 ? limit : USUAL_MEMORY;
    },
    open() {
      const folder = late("node:os")?.tmpdir() ?? "/tmp";
      const path = join(folder, `pki-${process.pid}-${toHex(random(8))}.tmp`);
      const file = noRoom(path, "the temporary file cannot be made", () =>
        openSync(path, "wx+", 0o600),
      );
      try {
        unlinkSync(path);
      } catch {
        const remove = () => {
          closeSync(file);
          unlinkSync(path);
        };
        interrupts.onInterrupt(remove);
        process.once("exit", remove);
      }
      return scratchFile(path, file);
    },
  };
}

/** Loading them takes milliseconds: only audits that grow large ask. */
function late<T extends "node:os" | "node:v8">(id: T) {
  return process.getBuiltinModule?.(id);
}

/** The hints for stores do not fit: nobody named this file. */
function noRoom<T>(path: string, what: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const { code, message } = writeError(path, error, what);
    throw new PkiError(code, message, { path, hint: HINT, cause: error });
  }
}

function scratchFile(path: string, file: number): ScratchFile {
  return {
    write(bytes, position) {
      noRoom(path, "the temporary file cannot be written", () => {
        for (let at = 0; at < bytes.length; ) {
          at += writeSync(file, bytes, at, bytes.length - at, position + at);
        }
      });
    },
    read(into, position) {
      try {
        for (let at = 0; at < into.length; ) {
          const count = readSync(file, into, at, into.length - at, position + at);
          if (count === 0) throw new Error("it ends too soon");
          at += count;
        }
      } catch (error) {
        throw readError(path, error);
      }
    },
  };
}
