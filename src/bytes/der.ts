import { PkiError } from "../model/error.ts";
import { concat } from "./octets.ts";

/** Universal tags of ITU-T X.690 that this project meets. */
export const Tag = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  enumerated: 0x0a,
  utf8String: 0x0c,
  numericString: 0x12,
  printableString: 0x13,
  t61String: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  visibleString: 0x1a,
  universalString: 0x1c,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
} as const;

/** `[n] IMPLICIT` of a primitive type. */
export const contextTag = (n: number): number => 0x80 | n;
/** `[n] EXPLICIT`, or `[n] IMPLICIT` of a constructed type. */
export const contextConstructed = (n: number): number => 0xa0 | n;

/** Most nested structures: 24 is the deepest seen in real stores. */
export const MAX_DEPTH = 64;
/** An OID longer than this is nobody's: converting it would only cost time. */
const MAX_OID_BYTES = 128;
/** 16,384 bits: the largest RSA modulus that is verified, plus its sign octet. */
const MAX_INTEGER_BYTES = 2049;

/** Where one TLV stands: header at `start`, content `[body, end)`. */
export interface Element {
  readonly tag: number;
  readonly start: number;
  readonly body: number;
  readonly end: number;
}

/**
 * A bounded reader of DER: definite lengths only, each checked against what encloses it.
 *
 * It walks by offsets and copies nothing. Lengths need not be minimal (real certificates break that
 * rule); indefinite lengths and high tag numbers are refused. For BER see `berToDer`.
 * Errors carry the path of names given on the way, such as `authSafe/0/bags/2`.
 */
export class DerReader {
  readonly bytes: Uint8Array;
  readonly end: number;
  #pos: number;
  readonly #name: string;
  readonly #parent: DerReader | undefined;
  readonly #depth: number;

  constructor(
    bytes: Uint8Array,
    name = "",
    start = 0,
    end = bytes.length,
    parent?: DerReader,
    depth = 0,
  ) {
    this.bytes = bytes;
    this.end = end;
    this.#pos = start;
    this.#name = name;
    this.#parent = parent;
    this.#depth = depth;
  }

  get done(): boolean {
    return this.#pos >= this.end;
  }

  get offset(): number {
    return this.#pos;
  }

  /** The path of names from the outermost reader. */
  get where(): string {
    const above = this.#parent?.where ?? "";
    return above === "" ? this.#name : this.#name === "" ? above : `${above}/${this.#name}`;
  }

  fail(message: string): never {
    throw new PkiError("format-malformed", message, { where: `${this.where}@${this.#pos}` });
  }

  /** The next tag, or -1 at the end. */
  peek(): number {
    return this.#pos < this.end ? (this.bytes[this.#pos] as number) : -1;
  }

  /** Reads the header of the next TLV and moves past its content. With `tag`, any other is refused. */
  next(tag?: number, what = "element"): Element {
    const start = this.#pos;
    if (start >= this.end) this.fail(`${what} is missing`);
    const bytes = this.bytes;
    const found = bytes[start] as number;
    if (tag !== undefined && found !== tag) {
      this.fail(`${what} has tag 0x${found.toString(16)}, expected 0x${tag.toString(16)}`);
    }
    if ((found & 0x1f) === 0x1f) this.fail(`${what} has a tag number above 30`);
    let at = start + 1;
    if (at >= this.end) this.fail(`${what} is truncated`);
    let length = bytes[at++] as number;
    if (length >= 0x80) {
      const count = length & 0x7f;
      if (count === 0) this.fail(`${what} has an indefinite length`);
      if (count > 4) this.fail(`${what} has a length of ${count} octets`);
      if (at + count > this.end) this.fail(`${what} is truncated`);
      length = 0;
      for (let i = 0; i < count; i++) length = length * 256 + (bytes[at++] as number);
    }
    if (length > this.end - at) {
      this.fail(`${what} claims ${length} bytes, ${this.end - at} are left`);
    }
    this.#pos = at + length;
    return { tag: found, start, body: at, end: at + length };
  }

  /** Like `next` when the next tag is `tag`; else undefined and nothing moves. */
  optional(tag: number, what?: string): Element | undefined {
    return this.peek() === tag ? this.next(tag, what) : undefined;
  }

  /** A reader over the content of `element`. */
  inside(element: Element, name = ""): DerReader {
    if (this.#depth >= MAX_DEPTH) {
      throw new PkiError("limit-exceeded", `nested deeper than ${MAX_DEPTH}`, {
        where: this.where,
      });
    }
    return new DerReader(this.bytes, name, element.body, element.end, this, this.#depth + 1);
  }

  /** Reads the next TLV with `tag` and gives a reader over its content. */
  enter(tag: number, name: string): DerReader {
    return this.inside(this.next(tag, name), name);
  }

  sequence(name: string): DerReader {
    return this.enter(Tag.sequence, name);
  }

  set(name: string): DerReader {
    return this.enter(Tag.set, name);
  }

  /** A reader over DER held in other bytes (an OCTET STRING's content), keeping path and depth. */
  nested(bytes: Uint8Array, name: string): DerReader {
    if (this.#depth >= MAX_DEPTH) {
      throw new PkiError("limit-exceeded", `nested deeper than ${MAX_DEPTH}`, {
        where: this.where,
      });
    }
    return new DerReader(bytes, name, 0, bytes.length, this, this.#depth + 1);
  }

  /** Content octets of `element`, a view. */
  content(element: Element): Uint8Array {
    return this.bytes.subarray(element.body, element.end);
  }

  /** Whole TLV of `element`, a view. */
  raw(element: Element): Uint8Array {
    return this.bytes.subarray(element.start, element.end);
  }

  /** Whole TLV of the next element, a view. */
  nextRaw(tag?: number, what?: string): Uint8Array {
    return this.raw(this.next(tag, what));
  }

  /** Everything that is left, a view. */
  rest(): Uint8Array {
    const view = this.bytes.subarray(this.#pos, this.end);
    this.#pos = this.end;
    return view;
  }

  octetString(what: string): Uint8Array {
    return this.content(this.next(Tag.octetString, what));
  }

  /** Two's complement octets of an INTEGER, at least one. */
  integerBytes(what: string, limit = MAX_INTEGER_BYTES): Uint8Array {
    const element = this.next(Tag.integer, what);
    const length = element.end - element.body;
    if (length === 0) this.fail(`${what} is an empty INTEGER`);
    if (length > limit) {
      throw new PkiError("limit-exceeded", `${what} is an INTEGER of ${length} octets`, {
        where: this.where,
      });
    }
    return this.content(element);
  }

  /**
   * A non-negative INTEGER as a number.
   *
   * The limit is judged on the encoded octets: a huge value is an error, never wrapped or rounded.
   * @throws PkiError `limit-exceeded` above `max`
   */
  unsigned(what: string, max: number): number {
    const bytes = this.integerBytes(what);
    if ((bytes[0] as number) >= 0x80) this.fail(`${what} is negative`);
    let value = 0;
    for (const byte of bytes) {
      value = value * 256 + byte;
      if (value > max) {
        throw new PkiError("limit-exceeded", `${what} is over the limit of ${max}`, {
          where: this.where,
        });
      }
    }
    return value;
  }

  boolean(what: string): boolean {
    const content = this.content(this.next(Tag.boolean, what));
    if (content.length !== 1) this.fail(`${what} is not a BOOLEAN`);
    return content[0] !== 0;
  }

  /** Dotted form. Arcs above 2^53 are refused. */
  oid(what = "object identifier"): string {
    const element = this.next(Tag.oid, what);
    const text = decodeOid(this.content(element));
    if (text === undefined) this.fail(`${what} is not an object identifier`);
    return text;
  }

  /** A BIT STRING's octets after the unused-bits octet. */
  bitString(what: string): { unused: number; bytes: Uint8Array } {
    const content = this.content(this.next(Tag.bitString, what));
    const unused = content[0];
    if (unused === undefined || unused > 7 || (content.length === 1 && unused !== 0)) {
      this.fail(`${what} is not a BIT STRING`);
    }
    return { unused, bytes: content.subarray(1) };
  }

  /** Refuses leftovers. Says how many, never which. */
  finish(what = "structure"): void {
    if (this.#pos !== this.end) {
      this.fail(`${this.end - this.#pos} unexpected bytes at the end of ${what}`);
    }
  }
}

/** Decodes the content octets of an OBJECT IDENTIFIER; undefined where they are not one. */
export function decodeOid(content: Uint8Array): string | undefined {
  if (content.length === 0 || content.length > MAX_OID_BYTES) return undefined;
  if ((content[content.length - 1] as number) >= 0x80) return undefined;
  let out = "";
  let arc = 0;
  for (const byte of content) {
    if (arc > Number.MAX_SAFE_INTEGER / 256) return undefined;
    arc = arc * 128 + (byte & 0x7f);
    if (byte >= 0x80) continue;
    if (out === "") {
      const first = Math.min(2, Math.floor(arc / 40));
      out = `${first}.${arc - first * 40}`;
    } else {
      out += `.${arc}`;
    }
    arc = 0;
  }
  return out;
}

function header(tag: number, length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(tag, length);
  if (length < 0x100) return Uint8Array.of(tag, 0x81, length);
  if (length < 0x10000) return Uint8Array.of(tag, 0x82, length >> 8, length & 0xff);
  if (length < 0x1000000) {
    return Uint8Array.of(tag, 0x83, length >> 16, (length >> 8) & 0xff, length & 0xff);
  }
  return Uint8Array.of(
    tag,
    0x84,
    Math.floor(length / 0x1000000),
    (length >> 16) & 0xff,
    (length >> 8) & 0xff,
    length & 0xff,
  );
}

/** Strict DER, written bottom-up: every function gives one whole TLV. */
export const der = {
  /** Any tag around content given in parts. */
  tlv(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
    let length = 0;
    for (const part of parts) length += part.length;
    return concat([header(tag, length), ...parts]);
  },

  sequence: (...parts: readonly Uint8Array[]): Uint8Array => der.tlv(Tag.sequence, ...parts),

  /** SET OF: the members are sorted as X.690 §11.6 asks. */
  setOf(...members: readonly Uint8Array[]): Uint8Array {
    return der.tlv(Tag.set, ...[...members].sort(compareOctets));
  },

  /** From a number up to 2^53-1, a bigint, or the unsigned octets of a magnitude. */
  integer(value: number | bigint | Uint8Array): Uint8Array {
    return der.tlv(Tag.integer, integerContent(value));
  },

  oid(dotted: string): Uint8Array {
    const arcs = dotted.split(".").map(Number);
    const [first, second, ...others] = arcs;
    if (
      first === undefined ||
      second === undefined ||
      arcs.some((arc) => !Number.isSafeInteger(arc))
    ) {
      throw new RangeError(`not an object identifier: ${dotted}`);
    }
    const out: number[] = [];
    for (const arc of [first * 40 + second, ...others]) {
      const digits = [arc % 128];
      for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) {
        digits.unshift((left % 128) | 0x80);
      }
      out.push(...digits);
    }
    return der.tlv(Tag.oid, Uint8Array.from(out));
  },

  octetString: (content: Uint8Array): Uint8Array => der.tlv(Tag.octetString, content),

  bitString: (bytes: Uint8Array, unused = 0): Uint8Array =>
    der.tlv(Tag.bitString, Uint8Array.of(unused), bytes),

  boolean: (value: boolean): Uint8Array => Uint8Array.of(Tag.boolean, 1, value ? 0xff : 0),

  null: (): Uint8Array => Uint8Array.of(Tag.null, 0),

  utf8: (text: string): Uint8Array => der.tlv(Tag.utf8String, new TextEncoder().encode(text)),

  printable: (text: string): Uint8Array =>
    der.tlv(Tag.printableString, new TextEncoder().encode(text)),

  ia5: (text: string): Uint8Array => der.tlv(Tag.ia5String, new TextEncoder().encode(text)),

  /** `[n] EXPLICIT`. */
  explicit: (n: number, ...parts: readonly Uint8Array[]): Uint8Array =>
    der.tlv(contextConstructed(n), ...parts),

  /** RFC 5280 §4.1.2.5: UTCTime until 2049, GeneralizedTime from 2050; whole seconds, UTC. */
  time(date: Date): Uint8Array {
    const iso = date.toISOString(); // 2026-01-02T03:04:05.000Z
    const digits = iso.slice(0, 19).replace(/[-:T]/g, "");
    const year = date.getUTCFullYear();
    const ascii = new TextEncoder();
    return year >= 1950 && year < 2050
      ? der.tlv(Tag.utcTime, ascii.encode(`${digits.slice(2)}Z`))
      : der.tlv(Tag.generalizedTime, ascii.encode(`${digits}Z`));
  },
};

function integerContent(value: number | bigint | Uint8Array): Uint8Array {
  if (value instanceof Uint8Array) {
    let start = 0;
    while (start < value.length - 1 && value[start] === 0) start++;
    const magnitude = value.length === 0 ? Uint8Array.of(0) : value.subarray(start);
    return (magnitude[0] as number) >= 0x80 ? concat([Uint8Array.of(0), magnitude]) : magnitude;
  }
  let left = BigInt(value);
  const out: number[] = [];
  do {
    out.unshift(Number(BigInt.asUintN(8, left)));
    left >>= 8n;
  } while (left !== 0n && left !== -1n);
  const top = out[0] as number;
  if (left === 0n && top >= 0x80) out.unshift(0);
  if (left === -1n && top < 0x80) out.unshift(0xff);
  return Uint8Array.from(out);
}

/** Octet order of X.690 §11.6: shorter is padded with zero octets, so a prefix sorts first. */
function compareOctets(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/**
 * Turns BER, as PKCS#7 and PKCS#12 files of Windows, NSS and old Java have it, into definite-length
 * encoding: indefinite lengths are closed, constructed strings joined. DER comes back as it was.
 *
 * Refuses trailing bytes. Work grows linearly with the input; depth is capped at MAX_DEPTH.
 */
export function berToDer(bytes: Uint8Array, name = ""): Uint8Array {
  if (!hasBerForms(bytes)) return bytes;
  const walk = new BerWalk(bytes, name);
  const out = walk.element(0, 0);
  if (walk.offset !== bytes.length) {
    throw new PkiError(
      "format-malformed",
      `${bytes.length - walk.offset} unexpected bytes after the end`,
      { where: `${name}@${walk.offset}` },
    );
  }
  return out;
}

/** Quick look: could this hold an indefinite length or a constructed string? May say yes wrongly. */
function hasBerForms(bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length - 1; i++) {
    const tag = bytes[i] as number;
    if ((tag & 0x20) !== 0 && bytes[i + 1] === 0x80) return true;
    if (tag === 0x24) return true;
  }
  return false;
}

class BerWalk {
  readonly bytes: Uint8Array;
  readonly name: string;
  offset = 0;

  constructor(bytes: Uint8Array, name: string) {
    this.bytes = bytes;
    this.name = name;
  }

  fail(message: string): never {
    throw new PkiError("format-malformed", message, { where: `${this.name}@${this.offset}` });
  }

  byte(limit: number): number {
    if (this.offset >= limit) this.fail("truncated");
    return this.bytes[this.offset++] as number;
  }

  element(depth: number, stringTag: number, limit = this.bytes.length): Uint8Array {
    if (depth > MAX_DEPTH) {
      throw new PkiError("limit-exceeded", `nested deeper than ${MAX_DEPTH}`, {
        where: `${this.name}@${this.offset}`,
      });
    }
    const tag = this.byte(limit);
    if ((tag & 0x1f) === 0x1f) this.fail("tag number above 30");
    if (stringTag !== 0 && (tag & ~0x20) !== stringTag) {
      this.fail("a constructed string holds something else than its own kind");
    }
    const first = this.byte(limit);
    const constructed = (tag & 0x20) !== 0;
    // Only the universal strings are joined; a context tag's inner type is not known here.
    const joins =
      constructed && isStringTag(tag & ~0x20) && tag !== Tag.sequence && tag !== Tag.set;
    if (first === 0x80) {
      if (!constructed) this.fail("an indefinite length on a primitive");
      const parts: Uint8Array[] = [];
      for (;;) {
        if (this.offset + 1 < limit && this.bytes[this.offset] === 0) {
          if (this.bytes[this.offset + 1] !== 0) this.fail("malformed end of contents");
          this.offset += 2;
          break;
        }
        parts.push(this.element(depth + 1, joins ? tag & ~0x20 : 0, limit));
      }
      return this.close(tag, joins, parts);
    }
    let length = first;
    if (first > 0x80) {
      const count = first & 0x7f;
      if (count > 4) this.fail(`a length of ${count} octets`);
      length = 0;
      for (let i = 0; i < count; i++) length = length * 256 + this.byte(limit);
    }
    if (length > limit - this.offset) this.fail("a length past the end");
    const end = this.offset + length;
    if (!constructed) {
      const content = this.bytes.subarray(this.offset, end);
      this.offset = end;
      return der.tlv(tag, content);
    }
    const parts: Uint8Array[] = [];
    while (this.offset < end) parts.push(this.element(depth + 1, joins ? tag & ~0x20 : 0, end));
    return this.close(tag, joins, parts);
  }

  close(tag: number, joins: boolean, parts: readonly Uint8Array[]): Uint8Array {
    if (!joins) return der.tlv(tag, ...parts);
    const contents = parts.map((part) => {
      const inner = new DerReader(part, this.name);
      return inner.content(inner.next());
    });
    return der.tlv(tag & ~0x20, ...contents);
  }
}

function isStringTag(tag: number): boolean {
  return (
    tag === Tag.octetString ||
    (tag >= Tag.utf8String && tag <= Tag.bmpString && tag !== 0x10 && tag !== 0x11)
  );
}
