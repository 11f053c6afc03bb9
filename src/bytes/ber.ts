import { PkiError } from "../model/error.ts";
import { DerReader, MAX_DEPTH } from "./der-reader.ts";
import { Tag } from "./der-tag.ts";
import { der } from "./der-writer.ts";

/**
 * Turns BER, as PKCS#7 and PKCS#12 files of Windows, NSS and old Java have it, into definite-length
 * encoding: indefinite lengths are closed, constructed strings joined. DER comes back as it was.
 *
 * Refuses trailing bytes. Work grows linearly with the input; depth is capped at MAX_DEPTH.
 */
export function berToDer(bytes: Uint8Array, name = ""): Uint8Array {
  if (!mayHaveBerForms(bytes) || isPlain(bytes)) return bytes;
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

/** A look at the octets alone: a yes is often wrong, as for what is encrypted. */
function mayHaveBerForms(bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length - 1; i++) {
    const tag = bytes[i] as number;
    if ((tag & 0x20) !== 0 && bytes[i + 1] === 0x80) return true;
    if (tag === 0x24) return true;
  }
  return false;
}

/**
 * Whether every element down to the primitive ones has the form that DER would give it, and nothing follows: then
 * there is nothing to change. False for what is malformed, too: the walk says why.
 */
function isPlain(bytes: Uint8Array): boolean {
  return plainEnd(bytes, 0, bytes.length, 0) === bytes.length;
}

/** Where the element at `at` ends; -1 where it is none that may stay as it is. */
function plainEnd(bytes: Uint8Array, at: number, limit: number, depth: number): number {
  if (depth > MAX_DEPTH || at + 2 > limit) return -1;
  const tag = bytes[at] as number;
  const constructed = (tag & 0x20) !== 0;
  if ((tag & 0x1f) === 0x1f || (constructed && isStringTag(tag & ~0x20))) return -1;
  let length = bytes[at + 1] as number;
  let content = at + 2;
  if (length >= 0x80) {
    const count = length & 0x7f;
    if (count === 0 || count > 4 || content + count > limit) return -1;
    length = 0;
    for (const end = content + count; content < end; content++) {
      length = length * 256 + (bytes[content] as number);
    }
    if (length < (count === 1 ? 0x80 : 256 ** (count - 1))) return -1;
  }
  const end = content + length;
  if (end > limit) return -1;
  if (!constructed) return end;
  while (content !== end) {
    content = plainEnd(bytes, content, end, depth + 1);
    if (content < 0) return -1;
  }
  return end;
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
