import { gunzip } from "../../io/inflate.ts";
import { PkiError } from "../../model/error.ts";
import {
  type ArchiveBudget,
  archiveFiles,
  besideIn,
  HEAD_BYTES,
  inMemory,
  MAX_ARCHIVE_DEPTH,
  MAX_MEMBER_BYTES,
  type MemberProblem,
  memberFile,
  memberPath,
} from "./archive.ts";
import { ByteStream, type Chunks } from "./byte-stream.ts";
import { isTarBlock, kindOf } from "./kind.ts";
import { extensionOf, type StoreFile } from "./store-file.ts";

const BLOCK = 512;
/** Of a long name or a pax header. */
const MAX_EXTENDED = 1024 * 1024;

interface Header {
  readonly name: string;
  readonly size: number;
  readonly type: string;
  readonly modified: Date | undefined;
}

/** A store that waits for the end of its archive: its stash may stand behind it. */
interface Held {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly modified: Date | undefined;
}

/**
 * The stores of a tar file (POSIX.1-2017 pax, GNU, the one before them), also of tars and gzipped tars in it, as
 * image layers are; and a gzipped file that is no tar. Nothing is unpacked to the disk, and only what looks like
 * a store is kept.
 */
export async function* tarFiles(
  chunks: Chunks,
  packed: boolean,
  path: string,
  budget: ArchiveBudget,
  depth: number,
): AsyncGenerator<StoreFile | MemberProblem> {
  const stream = new ByteStream(packed ? counted(gunzip(chunks), budget) : chunks);
  const held: Held[] = [];
  const stashes = new Map<string, Uint8Array>();
  try {
    let first = true;
    for (let extended: Partial<Header> = {}; ; ) {
      const block = await stream.read(BLOCK);
      if (first && packed && !isTarBlock(block)) {
        yield* gzipped(stream, block, path, budget, depth);
        return;
      }
      first = false;
      if (block.length < BLOCK || block.every((byte) => byte === 0)) break;
      const header = { ...readHeader(block), ...extended };
      extended = {};
      if (header.type === "x" || header.type === "L") {
        extended = await readExtended(stream, header);
        await pad(stream, header.size);
        continue;
      }
      const file = header.type === "0" || header.type === "\0" || header.type === "7";
      if (!file || isWhiteout(header.name)) {
        if (!(await stream.skip(header.size))) throw truncated();
        await pad(stream, header.size);
        continue;
      }
      budget.member();
      yield* member(stream, header, { path, budget, depth, held, stashes });
      await pad(stream, header.size);
    }
  } catch (error) {
    if (!(error instanceof PkiError)) throw error;
    yield { path, format: packed ? "gzip" : "tar", error, size: 0 };
  } finally {
    await stream.close();
  }
  for (const { path: at, bytes, modified } of held) {
    yield memberFile(at, bytes, modified, besideIn(stashes, at));
  }
}

/** In an image's layer: the file of that name in the layers below is gone (OCI image specification, layer.md). */
function isWhiteout(name: string): boolean {
  return /(?:^|\/)\.wh\.[^/]*$/.test(name);
}

/** One file, compressed alone: named as it will be when it is unpacked. */
async function* gzipped(
  stream: ByteStream,
  block: Uint8Array,
  path: string,
  budget: ArchiveBudget,
  depth: number,
): AsyncGenerator<StoreFile | MemberProblem> {
  const at = memberPath(path, memberPath("", path).replace(/^.*\//, "").replace(/\.gz$/i, ""));
  const more = block.length < BLOCK ? new Uint8Array(0) : await stream.read(HEAD_BYTES - BLOCK);
  const head = joined(block, more);
  const kind = kindOf(at, head);
  if (kind.is === "ordinary" || (kind.is === "archive" && kind.archive !== "zip")) return;
  budget.member();
  const rest = await stream.read(MAX_MEMBER_BYTES + 1 - head.length);
  const bytes = joined(head, rest);
  if (bytes.length > MAX_MEMBER_BYTES) {
    const error = new PkiError("file-too-large", `is larger than ${MAX_MEMBER_BYTES} bytes`);
    yield { path: at, error, size: bytes.length };
  } else if (kind.is === "archive") {
    yield* archiveFiles("zip", inMemory(bytes), at, budget, depth + 1);
  } else yield memberFile(at, bytes, undefined, async () => undefined);
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const out = new Uint8Array(a.length + b.length);
  out.set(a);
  out.set(b, a.length);
  return out;
}

interface Tar {
  readonly path: string;
  readonly budget: ArchiveBudget;
  readonly depth: number;
  readonly held: Held[];
  readonly stashes: Map<string, Uint8Array>;
}

/** Leaves the stream behind the member's last byte. */
async function* member(
  stream: ByteStream,
  { name, size, modified }: Header,
  { path, budget, depth, held, stashes }: Tar,
): AsyncGenerator<StoreFile | MemberProblem> {
  const at = memberPath(path, name);
  const head = await stream.read(Math.min(HEAD_BYTES, size));
  if (head.length < Math.min(HEAD_BYTES, size)) throw truncated();
  const rest = size - head.length;
  const kind = kindOf(at, head);
  const sequential = kind.is === "archive" && kind.archive !== "zip";
  if (sequential && depth < MAX_ARCHIVE_DEPTH) {
    const inner = new Bounded(stream, head, rest);
    yield* tarFiles(inner.chunks(), kind.archive === "gzip", at, budget, depth + 1);
    if (!(await inner.drain())) throw truncated();
    return;
  }
  const stash = extensionOf(at) === ".sth" && size <= HEAD_BYTES;
  if ((kind.is === "ordinary" && !stash) || size > MAX_MEMBER_BYTES || sequential) {
    if (kind.is !== "ordinary") {
      const error = sequential
        ? new PkiError("limit-exceeded", `archives nest more than ${MAX_ARCHIVE_DEPTH} deep`)
        : new PkiError("file-too-large", `is larger than ${MAX_MEMBER_BYTES} bytes`);
      yield { path: at, error, size };
    }
    if (!(await stream.skip(rest))) throw truncated();
    return;
  }
  const bytes = new Uint8Array(size);
  bytes.set(head);
  bytes.set(await whole(stream, rest), head.length);
  if (stash) stashes.set(at, bytes);
  else if (kind.is === "archive") {
    yield* archiveFiles("zip", inMemory(bytes), at, budget, depth + 1);
  } else {
    budget.hold(size);
    held.push({ path: at, bytes, modified });
  }
}

async function whole(stream: ByteStream, count: number): Promise<Uint8Array> {
  const bytes = await stream.read(count);
  if (bytes.length < count) throw truncated();
  return bytes;
}

/** One member of a stream as a stream of its own. */
class Bounded {
  readonly #stream: ByteStream;
  readonly #head: Uint8Array;
  #left: number;

  constructor(stream: ByteStream, head: Uint8Array, left: number) {
    this.#stream = stream;
    this.#head = head;
    this.#left = left;
  }

  async *chunks(): AsyncGenerator<Uint8Array> {
    yield this.#head;
    while (this.#left > 0) {
      const part = await this.#stream.some(this.#left);
      if (part === undefined) throw truncated();
      this.#left -= part.length;
      yield part;
    }
  }

  async drain(): Promise<boolean> {
    const left = this.#left;
    this.#left = 0;
    return this.#stream.skip(left);
  }
}

async function* counted(
  chunks: AsyncIterable<Uint8Array>,
  budget: ArchiveBudget,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    budget.unpacked(chunk.length);
    yield chunk;
  }
}

function truncated(): PkiError {
  return new PkiError("format-malformed", "the archive ends inside a member");
}

async function pad(stream: ByteStream, size: number): Promise<void> {
  await stream.skip((BLOCK - (size % BLOCK)) % BLOCK);
}

function readHeader(block: Uint8Array): Header {
  if (!isTarBlock(block)) {
    throw new PkiError("format-malformed", "a member's header is damaged");
  }
  const prefix = textAt(block, 345, 155);
  const name = textAt(block, 0, 100);
  return {
    name: prefix === "" || block[262] === 0x20 ? name : `${prefix}/${name}`,
    size: numberAt(block, 124, 12),
    type: String.fromCharCode(block[156] as number),
    modified: dateOf(numberAt(block, 136, 12)),
  };
}

function dateOf(seconds: number): Date | undefined {
  return seconds > 0 && seconds < 8.64e12 ? new Date(seconds * 1000) : undefined;
}

function textAt(block: Uint8Array, at: number, length: number): string {
  const field = block.subarray(at, at + length);
  const end = field.indexOf(0);
  return new TextDecoder().decode(end === -1 ? field : field.subarray(0, end));
}

/** Octal text, or GNU's base 256 where the first bit is set. */
function numberAt(block: Uint8Array, at: number, length: number): number {
  const first = block[at] as number;
  let value = 0;
  if (first & 0x80) {
    value = first & 0x7f;
    for (let i = 1; i < length; i++) value = value * 256 + (block[at + i] as number);
  } else {
    const text = textAt(block, at, length).trim();
    value = text === "" ? 0 : /^[0-7]+$/.test(text) ? Number.parseInt(text, 8) : Number.NaN;
  }
  if (!Number.isSafeInteger(value)) {
    throw new PkiError("format-malformed", "a member's size is damaged");
  }
  return value;
}

/** What a pax header or a GNU long name says about the member behind it. */
async function readExtended(stream: ByteStream, header: Header): Promise<Partial<Header>> {
  if (header.size > MAX_EXTENDED) {
    throw new PkiError("limit-exceeded", "a member's extended header is too long");
  }
  const bytes = await whole(stream, header.size);
  if (header.type === "L") return { name: textAt(bytes, 0, bytes.length) };
  const fields = paxFields(new TextDecoder().decode(bytes));
  const size = Number(fields.get("size"));
  const name = fields.get("path");
  return {
    ...(name === undefined ? {} : { name }),
    ...(fields.has("size") && Number.isSafeInteger(size) && size >= 0 ? { size } : {}),
  };
}

/** Records `LENGTH KEY=VALUE\n`. Names with line feeds need the length; ours only have to be shown. */
function paxFields(text: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const line of text.split("\n")) {
    const found = /^\d+ ([^=]+)=(.*)$/.exec(line);
    if (found !== null) fields.set(found[1] as string, found[2] as string);
  }
  return fields;
}
