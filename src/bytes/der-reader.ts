import { PkiError } from "../model/error.ts";
import { Tag } from "./der-tag.ts";
import { commonOid } from "./oid-table.ts";

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
    const common = commonOid(this.bytes, element.body, element.end);
    if (common !== undefined) return common;
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
