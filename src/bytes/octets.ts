/** Joins byte strings into a new one. */
export function concat(parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const out = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Octets from which on it is quicker to compare four at a time. */
const LONG = 64;

/** True when both hold the same bytes. Not for secrets or MACs: it stops at the first difference. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  const { length } = a;
  if (length !== b.length) return false;
  let at = 0;
  if (length >= LONG) {
    const left = new DataView(a.buffer, a.byteOffset, length);
    const right = new DataView(b.buffer, b.byteOffset, length);
    for (const end = length - 3; at < end; at += 4) {
      if (left.getInt32(at) !== right.getInt32(at)) return false;
    }
  }
  for (; at < length; at++) if (a[at] !== b[at]) return false;
  return true;
}

/** As `equalBytes`, in a time that does not tell where they differ: for MACs and check values. */
export function sameMac(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= (a[i] as number) ^ (b[i] as number);
  return difference === 0;
}

/** Characters that one call of fromCharCode is given: an argument list has its limits. */
const AT_ONCE = 4096;

/** Lower-case hex, two digits a byte. */
export function toHex(bytes: Uint8Array): string {
  let out = "";
  for (let start = 0; start < bytes.length; start += AT_ONCE / 2) {
    const end = Math.min(bytes.length, start + AT_ONCE / 2);
    // In one piece: a string put together digit by digit is kept by the engine as thirty times its size.
    const codes = new Array<number>(2 * (end - start));
    for (let i = start, at = 0; i < end; i++) {
      const byte = bytes[i] as number;
      codes[at++] = digitOf(byte >> 4);
      codes[at++] = digitOf(byte & 15);
    }
    out += String.fromCharCode.apply(undefined, codes);
  }
  return out;
}

function digitOf(value: number): number {
  return value < 10 ? 0x30 + value : 0x57 + value;
}

/** The octets `[start, end)` as characters of the same numbers: ISO 8859-1. */
export function latin1(bytes: Uint8Array, start = 0, end = bytes.length): string {
  let out = "";
  for (let from = start; from < end; from += AT_ONCE) {
    const count = Math.min(AT_ONCE, end - from);
    const codes = new Array<number>(count);
    for (let i = 0; i < count; i++) codes[i] = bytes[from + i] as number;
    out += String.fromCharCode.apply(undefined, codes);
  }
  return out;
}

/** Reads hex of either case. @throws RangeError on an odd length or another character: a programming error */
export function fromHex(text: string): Uint8Array {
  if (text.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(text)) throw new RangeError("not hex");
  const out = new Uint8Array(text.length / 2);
  for (let i = 0; i < out.length; i++) out[i] = Number.parseInt(text.slice(2 * i, 2 * i + 2), 16);
  return out;
}
