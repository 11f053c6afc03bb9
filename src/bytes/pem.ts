import { PkiError } from "../model/error.ts";

/** One armoured block of a text (RFC 7468, RFC 1421). */
export interface PemBlock {
  /** The words after BEGIN, such as `CERTIFICATE`. */
  readonly label: string;
  /** RFC 1421 headers in file order, such as `Proc-Type` → `4,ENCRYPTED`; names as written. */
  readonly headers: ReadonlyMap<string, string>;
  /** The decoded content: usually, not always, DER. */
  readonly der: Uint8Array;
  /** Offset of the first byte of the BEGIN line. */
  readonly start: number;
  /** Offset after the END line and its line break. */
  readonly end: number;
  /** Line of the BEGIN line, from 1. */
  readonly line: number;
}

const MAX_BYTES = 64 * 1024 * 1024;
const MAX_LINES = 1_000_000;
const MAX_BLOCKS = 100_000;
const MAX_HEADERS = 32;
const MAX_LABEL = 64;
const DASHES = "-----";
const CERTIFICATE = "CERTIFICATE";
const BEGIN_CERTIFICATE = `-----BEGIN ${CERTIFICATE}-----`;
/** Columns of a full line. */
const COLUMNS = 64;

/** Where the content of a block is put, and with it how long it lives: given octets that are used again. */
export type Place = (label: string, octets: Uint8Array) => Uint8Array;

const OWN_BUFFER: Place = (_, octets) => octets.slice();

/**
 * Finds the armoured blocks of a text, in order. What stands around them is skipped; a text without any
 * gives an empty list.
 *
 * A single pass without backtracking: time grows with the length. Taken beside RFC 7468: a byte order
 * mark, any line ending, blanks around lines, lines of any length, missing padding. An END that is
 * missing or names another label, and characters outside base64, are refused.
 *
 * @param bytes - at most 64 MiB and 1,000,000 lines
 * @param place - must copy what it is given; each block has a buffer of its own unless told
 * @throws PkiError `format-malformed` with `where` such as `line 31`; `limit-exceeded`
 */
export function readPem(bytes: Uint8Array, place: Place = OWN_BUFFER): readonly PemBlock[] {
  if (bytes.length > MAX_BYTES) tooMuch("more than 64 MiB of text", 0);
  const lines = new Lines(bytes);
  const blocks: PemBlock[] = [];
  const body = new Base64();
  try {
    while (lines.next()) {
      if (!lines.dashes) continue;
      const label = lines.is(BEGIN_CERTIFICATE) ? CERTIFICATE : boundary(lines.text(), "BEGIN ");
      if (label === undefined) continue;
      if (blocks.length >= MAX_BLOCKS) tooMuch(`more than ${MAX_BLOCKS} blocks`, lines.number);
      blocks.push(readBlock(lines, label, body, place));
    }
  } finally {
    body.wipe();
  }
  return blocks;
}

/** True when a line of `head` begins an armoured block. */
export function looksLikePem(head: Uint8Array): boolean {
  const lines = new Lines(head);
  while (lines.next()) {
    if (lines.dashes && boundary(lines.text(), "BEGIN ") !== undefined) return true;
  }
  return false;
}

/** One armoured block: 64 columns, LF (RFC 7468 §2). `label` is trusted to be plain words. */
export function writePem(
  label: string,
  der: Uint8Array,
  headers: Iterable<readonly [string, string]> = [],
): string {
  let out = `-----BEGIN ${label}-----\n`;
  let headed = false;
  for (const [name, value] of headers) {
    out += `${name}: ${value}\n`;
    headed = true;
  }
  if (headed) out += "\n";
  const text = encodeBase64(der);
  for (let at = 0; at < text.length; at += 64) out += `${text.slice(at, at + 64)}\n`;
  return `${out}-----END ${label}-----\n`;
}

/** Base64 of RFC 4648 §4 with padding, on one line. */
export function encodeBase64(bytes: Uint8Array): string {
  // In slices, as an argument list has its limits; 3 divides each, so they can be joined.
  let out = "";
  for (let at = 0; at < bytes.length; at += 24_576) {
    out += btoa(String.fromCharCode(...bytes.subarray(at, at + 24_576)));
  }
  return out;
}

/** Walks a text line by line over its bytes. A line ends with LF, CR or CRLF. */
class Lines {
  readonly bytes: Uint8Array;
  number = 0;
  start = 0;
  end = 0;
  #next: number;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
    this.#next = marked ? 3 : 0;
  }

  /** Offset of the first byte after the line and its break. */
  get after(): number {
    return this.#next;
  }

  next(): boolean {
    const { bytes } = this;
    if (this.#next >= bytes.length) return false;
    this.number++;
    if (this.number > MAX_LINES) tooMuch(`more than ${MAX_LINES} lines`, this.number);
    this.start = this.#next;
    let at = this.start;
    while (at < bytes.length && bytes[at] !== 0x0a && bytes[at] !== 0x0d) at++;
    this.end = at;
    if (at < bytes.length) at += bytes[at] === 0x0d && bytes[at + 1] === 0x0a ? 2 : 1;
    this.#next = at;
    return true;
  }

  /** Passes over lines that are known to end at `after`, their breaks included. */
  pass(count: number, after: number): void {
    if (count === 0) return;
    this.number += count;
    if (this.number > MAX_LINES) tooMuch(`more than ${MAX_LINES} lines`, this.number);
    this.#next = after;
  }

  /** Whether the line is `text` and nothing else. */
  is(text: string): boolean {
    if (this.end - this.start !== text.length) return false;
    for (let i = 0; i < text.length; i++) {
      if (this.bytes[this.start + i] !== text.charCodeAt(i)) return false;
    }
    return true;
  }

  /** Quick look: could this line be a boundary? */
  get dashes(): boolean {
    let at = this.start;
    while (at < this.end && isBlank(this.bytes[at] as number)) at++;
    return this.bytes[at] === 0x2d && at < this.end;
  }

  /** The line without blanks around it, as Latin-1; long lines come back empty: no boundary is long. */
  text(limit = 256): string {
    let { start, end } = this;
    while (start < end && isBlank(this.bytes[start] as number)) start++;
    while (end > start && isBlank(this.bytes[end - 1] as number)) end--;
    return end - start > limit ? "" : latin1(this.bytes.subarray(start, end));
  }
}

/** Called for every boundary: spreading a typed array would take ten times as long. */
function latin1(bytes: Uint8Array): string {
  return String.fromCharCode.apply(undefined, bytes as unknown as number[]);
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x09;
}

/** The label of a `-----BEGIN x-----` or `-----END x-----` line. */
function boundary(line: string, keyword: string): string | undefined {
  if (!line.startsWith(DASHES + keyword) || !line.endsWith(DASHES)) return undefined;
  const label = line.slice(DASHES.length + keyword.length, -DASHES.length);
  return label.length > MAX_LABEL || label.includes(DASHES) ? undefined : label;
}

const NO_HEADERS: ReadonlyMap<string, string> = new Map();

function readBlock(lines: Lines, label: string, body: Base64, place: Place): PemBlock {
  const { start, number: line } = lines;
  let headers: Map<string, string> | undefined;
  body.begin();
  // Full lines, of which nearly all consist, in one go: they are no headers.
  const full = body.fullLines(lines.bytes, lines.after);
  lines.pass(full, lines.after + full * (COLUMNS + 1));
  const end = `${DASHES}END ${label}${DASHES}`;
  let inHeaders = full === 0;
  let last: string | undefined;
  while (lines.next()) {
    if (lines.dashes) {
      const ended = lines.is(end) ? label : boundary(lines.text(), "END ");
      if (ended !== label)
        malformed(`block from line ${line} ends with another label`, lines.number);
      const der = place(label, body.finish(lines.number));
      return { label, headers: headers ?? NO_HEADERS, der, start, end: lines.after, line };
    }
    if (inHeaders) {
      const text = lines.text();
      const colon = text.indexOf(":");
      const folded = isBlank(lines.bytes[lines.start] as number) && last !== undefined;
      if (colon > 0 || (folded && text !== "")) {
        headers ??= new Map();
        if (headers.size >= MAX_HEADERS) tooMuch(`more than ${MAX_HEADERS} headers`, lines.number);
        if (colon > 0 && !folded) {
          last = text.slice(0, colon).trim();
          headers.set(last, text.slice(colon + 1).trim());
        } else if (last !== undefined) {
          headers.set(last, `${headers.get(last)}${text}`);
        }
        continue;
      }
      if (text !== "" || headers !== undefined) inHeaders = false;
    }
    body.line(lines.bytes, lines.start, lines.end, lines.number);
  }
  malformed("block has no END line", line);
}

/**
 * Collects base64 (RFC 4648 §4) line by line into a buffer that grows with what was read and serves all
 * blocks of a text.
 */
class Base64 {
  #out = new Uint8Array(3072);
  #length = 0;
  #bits = 0;
  #held = 0;
  #padding = 0;

  begin(): void {
    this.#length = 0;
    this.#bits = 0;
    this.#held = 0;
    this.#padding = 0;
  }

  /** The buffer may have held a key. */
  wipe(): void {
    this.#out.fill(0);
  }

  /** Takes lines of 64 characters that end with LF, as many as there are from `at` on; gives how many. */
  fullLines(bytes: Uint8Array, at: number): number {
    let count = 0;
    let start = at;
    while (start + COLUMNS < bytes.length && bytes[start + COLUMNS] === 0x0a) {
      const before = this.#length;
      const stopped = this.#quads(bytes, start, start + COLUMNS);
      if (stopped !== start + COLUMNS) {
        this.#length = before;
        break;
      }
      count++;
      start += COLUMNS + 1;
    }
    return count;
  }

  line(bytes: Uint8Array, start: number, end: number, number: number): void {
    let at = start;
    if (this.#held === 0 && this.#padding === 0) at = this.#quads(bytes, start, end);
    for (; at < end; at++) {
      const value = VALUES[bytes[at] as number] as number;
      if (value < 64) {
        if (this.#padding > 0) malformed("base64 goes on after its padding", number);
        this.#bits = ((this.#bits << 6) | value) & 0xffffff;
        if (++this.#held === 4) this.#put(3);
      } else if (value === PADDING) {
        if (++this.#padding > 2) malformed("base64 has too much padding", number);
      } else if (value === INVALID) {
        malformed("a character that is not base64", number);
      }
    }
  }

  /** The quick way through four plain characters at a time; gives where it ends. */
  #quads(bytes: Uint8Array, start: number, end: number): number {
    this.#reserve(end - start);
    const out = this.#out;
    let length = this.#length;
    let at = start;
    for (; at + 4 <= end; at += 4) {
      const a = VALUES[bytes[at] as number] as number;
      const b = VALUES[bytes[at + 1] as number] as number;
      const c = VALUES[bytes[at + 2] as number] as number;
      const d = VALUES[bytes[at + 3] as number] as number;
      if ((a | b | c | d) >= PADDING) break;
      out[length++] = (a << 2) | (b >> 4);
      out[length++] = (b << 4) | (c >> 2);
      out[length++] = (c << 6) | d;
    }
    this.#length = length;
    return at;
  }

  /** What was decoded, in the buffer that is used again. */
  finish(number: number): Uint8Array {
    const missing = (4 - this.#held) % 4;
    if (missing === 3 || (this.#padding > 0 && this.#padding !== missing)) {
      malformed("base64 is incomplete", number);
    }
    if (missing > 0) {
      this.#bits = (this.#bits << (6 * missing)) & 0xffffff;
      this.#put(3 - missing);
    }
    return this.#out.subarray(0, this.#length);
  }

  #put(count: number): void {
    this.#reserve(3);
    this.#out[this.#length] = this.#bits >> 16;
    this.#out[this.#length + 1] = this.#bits >> 8;
    this.#out[this.#length + 2] = this.#bits;
    this.#length += count;
    this.#held = 0;
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#out.length) return;
    const bigger = new Uint8Array(this.#out.length * 2 + count);
    bigger.set(this.#out);
    this.#out.fill(0); // the outgrown buffer may have held a key
    this.#out = bigger;
  }
}

const PADDING = 64;
const BLANK = 64 | 1;
const INVALID = 64 | 2;
const VALUES: Uint8Array = (() => {
  const values = new Uint8Array(256).fill(INVALID);
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (let i = 0; i < 64; i++) values[alphabet.charCodeAt(i)] = i;
  values[0x3d] = PADDING;
  values[0x20] = BLANK;
  values[0x09] = BLANK;
  return values;
})();

function malformed(message: string, line: number): never {
  throw new PkiError("format-malformed", message, { where: `line ${line}` });
}

function tooMuch(message: string, line: number): never {
  throw new PkiError("limit-exceeded", message, { where: `line ${line}` });
}
