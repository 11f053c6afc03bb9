import { PkiError } from "../../model/error.ts";
import type { Chunks } from "./byte-stream.ts";
import { kindOf } from "./kind.ts";
import { extensionOf, type FileBeside, type StoreFile, withExtension } from "./store-file.ts";

/** Archives in archives that are looked into: an image tar, its layer, a war in it, a jar in that. */
export const MAX_ARCHIVE_DEPTH = 4;
const MAX_MEMBERS = 200_000;
/** Unpacked, of one outermost archive with all that is in it. */
const MAX_UNPACKED = 16 * 1024 ** 3;
/** Unpacked bytes for each byte of the file: DEFLATE reaches 1032, real archives seldom 50. */
const MAX_RATIO = 250;
const RATIO_FROM = 64 * 1024 * 1024;
/** Stores of one archive that are held until it is read to its end. */
const MAX_HELD = 256 * 1024 * 1024;
export const MAX_MEMBER_BYTES = 64 * 1024 * 1024;
export const HEAD_BYTES = 4096;

/** What an archive gave that could not be looked at. */
export interface MemberProblem {
  readonly path: string;
  readonly format?: string;
  readonly error: PkiError;
  readonly size: number;
}

/** Bytes at any place: a file on the disk, or an archive inside another, in memory. */
export interface RandomAccess {
  readonly size: number;
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** Limits of one outermost archive. */
export class ArchiveBudget {
  readonly #packed: number;
  #members = 0;
  #unpacked = 0;
  #held = 0;

  /** @param packed - size of the archive's own file */
  constructor(packed: number) {
    this.#packed = packed;
  }

  /** Regular members seen. */
  get members(): number {
    return this.#members;
  }

  member(): void {
    if (++this.#members > MAX_MEMBERS) {
      throw new PkiError("limit-exceeded", `an archive of more than ${MAX_MEMBERS} members`);
    }
  }

  unpacked(bytes: number): void {
    this.#unpacked += bytes;
    const tooDense = this.#unpacked > RATIO_FROM && this.#unpacked > this.#packed * MAX_RATIO;
    if (tooDense || this.#unpacked > MAX_UNPACKED) {
      throw new PkiError("limit-exceeded", "the archive unpacks to more than any real one does");
    }
  }

  hold(bytes: number): void {
    this.#held += bytes;
    if (this.#held > MAX_HELD) {
      throw new PkiError("limit-exceeded", "the archive holds more stores than fit into memory");
    }
  }
}

/** A file in memory with its neighbours, as the members of an archive are. */
export function memberFile(
  path: string,
  bytes: Uint8Array,
  modified: Date | undefined,
  beside: StoreFile["beside"],
): StoreFile {
  return {
    path,
    file: memberFacts(path, bytes.length, modified),
    head: bytes.subarray(0, HEAD_BYTES),
    read: async () => bytes,
    beside,
  };
}

export function memberFacts(path: string, size: number, modified: Date | undefined) {
  const extension = extensionOf(path);
  return modified === undefined ? { size, extension } : { size, extension, modified };
}

/** Looks up the stashes of an archive by the path of the store. */
export function besideIn(
  stashes: ReadonlyMap<string, Uint8Array>,
  path: string,
): StoreFile["beside"] {
  return async (extension): Promise<FileBeside | undefined> => {
    const at = withExtension(path, extension);
    const bytes = stashes.get(at);
    if (bytes === undefined) return undefined;
    return { path: at, file: memberFacts(at, bytes.length, undefined), read: async () => bytes };
  };
}

/** Everything in an archive, whatever kind it is, that looks like a store. */
export async function* archiveFiles(
  archive: "zip" | "gzip" | "tar",
  content: RandomAccess,
  path: string,
  budget: ArchiveBudget,
  depth = 1,
): AsyncGenerator<StoreFile | MemberProblem> {
  try {
    if (depth > MAX_ARCHIVE_DEPTH) {
      throw new PkiError("limit-exceeded", `archives nest more than ${MAX_ARCHIVE_DEPTH} deep`);
    }
    if (archive === "zip") {
      const { zipFiles } = await import("./archive-zip.ts");
      yield* zipFiles(content, path, budget, depth);
      return;
    }
    const { tarFiles } = await import("./archive-tar.ts");
    yield* tarFiles(chunksOf(content), archive === "gzip", path, budget, depth);
  } catch (error) {
    if (!(error instanceof PkiError)) throw error;
    yield { path, format: archive, error, size: content.size };
  }
}

/** A disk image in a tar may have a terabyte: what nobody looks at is not read. */
function chunksOf(content: RandomAccess): Chunks {
  const step = 1024 * 1024;
  let at = 0;
  return {
    leap(count) {
      at += count;
      return at <= content.size;
    },
    async *[Symbol.asyncIterator]() {
      while (at < content.size) {
        const chunk = await content.read(at, Math.min(step, content.size - at));
        if (chunk.length === 0) return;
        at += chunk.length;
        yield chunk;
      }
    },
  };
}

/** A path inside an archive: `a.war!/WEB-INF/key.jks`. */
export function memberPath(archive: string, name: string): string {
  return `${archive}!/${name.replace(/^(?:\.{0,2}\/)+/, "")}`;
}

export function inMemory(bytes: Uint8Array): RandomAccess {
  return {
    size: bytes.length,
    read: async (offset, length) => bytes.subarray(offset, offset + length),
  };
}

/** Is this member worth reading whole? */
export function isWanted(path: string, head: Uint8Array): boolean {
  return kindOf(path, head).is !== "ordinary" || extensionOf(path) === ".sth";
}
