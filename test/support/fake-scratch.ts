import type { HostScratch } from "../../src/io/host.ts";
import { PkiError } from "../../src/model/error.ts";

/** Temporary files in memory. @param memory - what `memory` says */
export function fakeScratch(memory: number) {
  const scratchFiles: { bytes: Uint8Array }[] = [];
  let failure: string | undefined;
  const scratch: HostScratch = {
    memory: () => memory,
    open() {
      const file = { bytes: new Uint8Array(0) };
      scratchFiles.push(file);
      return {
        write(bytes, position) {
          if (failure !== undefined) {
            throw new PkiError("file-unwritable", `cannot be written: ${failure}`);
          }
          const all = new Uint8Array(Math.max(file.bytes.length, position + bytes.length));
          all.set(file.bytes);
          all.set(bytes, position);
          file.bytes = all;
        },
        read(into, position) {
          const part = file.bytes.subarray(position, position + into.length);
          if (part.length < into.length) throw new PkiError("file-unreadable", "ends too soon");
          into.set(part);
        },
      };
    },
  };
  const failScratch = (code: string) => {
    failure = code;
  };
  return { scratch, scratchFiles, failScratch };
}

/** An audit that keeps nothing in memory which may go to a file. */
export function spillAll() {
  const { scratch, scratchFiles } = fakeScratch(0);
  return { spill: { isOver: () => true, open: scratch.open }, scratchFiles };
}
