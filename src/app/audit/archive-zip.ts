import { inflateRaw } from "../../io/inflate.ts";
import { PkiError } from "../../model/error.ts";
import {
  type ArchiveBudget,
  archiveFiles,
  besideIn,
  HEAD_BYTES,
  inMemory,
  isWanted,
  MAX_MEMBER_BYTES,
  type MemberProblem,
  memberFile,
  memberPath,
  type RandomAccess,
} from "./archive.ts";
import { kindOf } from "./kind.ts";
import { extensionOf, type StoreFile } from "./store-file.ts";

// PKWARE APPNOTE 6.3.10: 4.3.7 local header, 4.3.12 central directory, 4.3.14 to 4.3.16 its end.
const END = 0x06054b50;
const END_64 = 0x06064b50;
const LOCATOR_64 = 0x07064b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const END_BYTES = 22;
const MAX_COMMENT = 65_535;
const MAX_DIRECTORY = 64 * 1024 * 1024;
/** A member that is compressed more than this is no keystore: keys do not compress. */
const MAX_RATIO = 1100;

interface Member {
  readonly name: string;
  readonly method: number;
  readonly encrypted: boolean;
  readonly packed: number;
  readonly size: number;
  readonly offset: number;
  readonly modified: Date | undefined;
}

/** The stores of a ZIP file: jar, war, ear and all others. Members are read through the central directory. */
export async function* zipFiles(
  content: RandomAccess,
  path: string,
  budget: ArchiveBudget,
  depth: number,
): AsyncGenerator<StoreFile | MemberProblem> {
  const members = await directory(content);
  const stashes = new Map<string, Uint8Array>();
  for (const found of members.filter(({ name, size }) => isStash(name, size))) {
    try {
      stashes.set(memberPath(path, found.name), await unpack(content, found, budget));
    } catch (error) {
      if (!(error instanceof PkiError)) throw error;
      // A stash that cannot be unpacked is as good as none: its store tells.
    }
  }
  for (const found of members) {
    if (found.name.endsWith("/") || isCode(found.name)) continue;
    budget.member();
    const at = memberPath(path, found.name);
    try {
      yield* member(content, found, at, { budget, depth, stashes });
    } catch (error) {
      if (!(error instanceof PkiError)) throw error;
      if (error.code === "limit-exceeded" || worthTelling(at)) {
        yield { path: at, error, size: found.size };
      }
    }
  }
}

interface Zip {
  readonly budget: ArchiveBudget;
  readonly depth: number;
  readonly stashes: ReadonlyMap<string, Uint8Array>;
}

async function* member(
  content: RandomAccess,
  found: Member,
  at: string,
  { budget, depth, stashes }: Zip,
): AsyncGenerator<StoreFile | MemberProblem> {
  if (found.encrypted) {
    if (!worthTelling(at)) return;
    throw new PkiError("format-unsupported", "is encrypted inside the archive");
  }
  const head = await headOf(content, found);
  if (isStash(found.name, found.size) || !isWanted(at, head)) return;
  if (found.size > MAX_MEMBER_BYTES) {
    throw new PkiError("file-too-large", `is larger than ${MAX_MEMBER_BYTES} bytes`);
  }
  const bytes = await unpack(content, found, budget);
  const kind = kindOf(at, bytes.subarray(0, HEAD_BYTES));
  if (kind.is === "archive") {
    yield* archiveFiles(kind.archive, inMemory(bytes), at, budget, depth + 1);
  } else yield memberFile(at, bytes, found.modified, besideIn(stashes, at));
}

function isStash(name: string, size: number): boolean {
  return extensionOf(name) === ".sth" && size <= HEAD_BYTES;
}

/** Java classes: most of a jar, and never a store. */
function isCode(name: string): boolean {
  return extensionOf(name) === ".class";
}

/** An unreadable picture is nobody's business here. */
function worthTelling(path: string): boolean {
  return kindOf(path, new Uint8Array(0)).is !== "ordinary";
}

async function headOf(content: RandomAccess, found: Member): Promise<Uint8Array> {
  const start = await dataStart(content, found);
  const bytes = await content.read(start, Math.min(found.packed, HEAD_BYTES));
  if (found.method === 0) return bytes;
  needKnownMethod(found);
  return inflateRaw(bytes, HEAD_BYTES * MAX_RATIO, true).subarray(0, HEAD_BYTES);
}

async function unpack(
  content: RandomAccess,
  found: Member,
  budget: ArchiveBudget,
): Promise<Uint8Array> {
  const start = await dataStart(content, found);
  if (found.packed > MAX_MEMBER_BYTES) {
    throw new PkiError("file-too-large", `is larger than ${MAX_MEMBER_BYTES} bytes`);
  }
  const bytes = await content.read(start, found.packed);
  if (bytes.length < found.packed) throw damaged("a member is cut off");
  needKnownMethod(found);
  // The directory's size is a promise: one byte more breaks it.
  const out = found.method === 0 ? bytes : inflateRaw(bytes, found.size + 1);
  if (out.length !== found.size) throw damaged("a member's size is not what the directory says");
  budget.unpacked(out.length);
  return out;
}

function needKnownMethod({ method }: Member): void {
  if (method !== 0 && method !== 8) {
    throw new PkiError("format-unsupported", `compression method ${method} is not read`);
  }
}

/** Behind the local header, whose name and extra field may be longer than the directory's. */
async function dataStart(content: RandomAccess, { offset }: Member): Promise<number> {
  const header = new View(await content.read(offset, 30));
  if (header.u32(0) !== LOCAL) throw damaged("a member's header is damaged");
  return offset + 30 + header.u16(26) + header.u16(28);
}

async function directory(content: RandomAccess): Promise<readonly Member[]> {
  const tailLength = Math.min(content.size, END_BYTES + MAX_COMMENT);
  const tailAt = content.size - tailLength;
  const tail = new View(await content.read(tailAt, tailLength));
  let end = tail.length - END_BYTES;
  while (end >= 0 && tail.u32(end) !== END) end--;
  if (end < 0) throw damaged("the archive has no directory");
  let start = tail.u32(end + 16);
  let length = tail.u32(end + 12);
  if (end >= 20 && tail.u32(end - 20) === LOCATOR_64) {
    const record = new View(await content.read(tail.u64(end - 20 + 8), 56));
    if (record.u32(0) !== END_64) throw damaged("the archive's directory is damaged");
    length = record.u64(40);
    start = record.u64(48);
  }
  if (length > MAX_DIRECTORY) {
    throw new PkiError("limit-exceeded", "the archive's directory is too long");
  }
  const bytes = new View(await content.read(start, length));
  if (bytes.length < length) throw damaged("the archive's directory is cut off");
  const members: Member[] = [];
  for (let at = 0; at + 46 <= bytes.length && bytes.u32(at) === CENTRAL; ) {
    const names = bytes.u16(at + 28);
    const extra = bytes.u16(at + 30);
    const name = bytes.text(at + 46, names);
    const sizes = {
      size: bytes.u32(at + 24),
      packed: bytes.u32(at + 20),
      offset: bytes.u32(at + 42),
    };
    members.push({
      name,
      method: bytes.u16(at + 10),
      encrypted: (bytes.u16(at + 8) & 1) !== 0,
      ...wideSizes(bytes, at + 46 + names, extra, sizes),
      modified: dosTime(bytes.u16(at + 14), bytes.u16(at + 12)),
    });
    at += 46 + names + extra + bytes.u16(at + 32);
  }
  return members;
}

type Sizes = Pick<Member, "size" | "packed" | "offset">;

/** APPNOTE 4.5.3: in this order, each only where the directory's own field is full. */
function wideSizes(bytes: View, from: number, length: number, sizes: Sizes): Sizes {
  const full = 0xffffffff;
  for (let at = from; at + 4 <= from + length; at += 4 + bytes.u16(at + 2)) {
    if (bytes.u16(at) !== 1) continue;
    let next = at + 4;
    const wide = (value: number) => {
      if (value !== full) return value;
      next += 8;
      return bytes.u64(next - 8);
    };
    const size = wide(sizes.size);
    const packed = wide(sizes.packed);
    return { size, packed, offset: wide(sizes.offset) };
  }
  return sizes;
}

/** Local time of nobody knows where: taken as UTC. */
function dosTime(date: number, time: number): Date | undefined {
  if (date === 0) return undefined;
  const month = ((date >> 5) & 15) - 1;
  const day = date & 31;
  return new Date(
    Date.UTC(1980 + (date >> 9), month, day, time >> 11, (time >> 5) & 63, (time & 31) * 2),
  );
}

function damaged(message: string): PkiError {
  return new PkiError("format-malformed", message);
}

/** Little-endian numbers; past the end is damage. */
class View {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get length(): number {
    return this.#bytes.length;
  }

  #at<T>(read: () => T): T {
    try {
      return read();
    } catch {
      throw damaged("the archive is cut off");
    }
  }

  u16(at: number): number {
    return this.#at(() => this.#view.getUint16(at, true));
  }

  u32(at: number): number {
    return this.#at(() => this.#view.getUint32(at, true));
  }

  u64(at: number): number {
    const value = this.#at(() => this.#view.getBigUint64(at, true));
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw damaged("a size is damaged");
    return Number(value);
  }

  text(at: number, length: number): string {
    return new TextDecoder().decode(this.#bytes.subarray(at, at + length));
  }
}
