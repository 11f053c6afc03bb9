import { contextConstructed, Tag } from "./der-tag.ts";
import { concat } from "./octets.ts";

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
