import { Tag } from "../bytes/der-tag.ts";
import { latin1, toHex } from "../bytes/octets.ts";

/** The string types a DirectoryString or its relatives may have; any other value is kept as `#hex`. */
export function isStringTag(tag: number): boolean {
  switch (tag) {
    case Tag.utf8String:
    case Tag.printableString:
    case Tag.ia5String:
    case Tag.t61String:
    case Tag.bmpString:
    case Tag.universalString:
    case Tag.numericString:
    case Tag.visibleString:
      return true;
    default:
      return false;
  }
}

/**
 * The text of an attribute value: `[body, end)` is its content, `start` where its TLV begins.
 *
 * Nothing is refused here. TeletexString is read as Latin-1, as every CA that used it meant it; so is
 * what claims to be UTF-8 and is not. A type that is no string gives `#` and the hex of the whole TLV.
 */
export function decodeValue(
  bytes: Uint8Array,
  tag: number,
  start: number,
  body: number,
  end: number,
): string {
  switch (tag) {
    case Tag.bmpString:
      if ((end - body) % 2 === 0) return utf16(bytes, body, end);
      return latin1(bytes, body, end);
    case Tag.universalString:
      return utf32(bytes, body, end) ?? latin1(bytes, body, end);
    case Tag.utf8String:
      for (let i = body; i < end; i++) {
        if ((bytes[i] as number) >= 0x80) return utf8(bytes, body, end);
      }
      return latin1(bytes, body, end);
    default:
      return isStringTag(tag) ? latin1(bytes, body, end) : `#${toHex(bytes.subarray(start, end))}`;
  }
}

function utf8(bytes: Uint8Array, body: number, end: number): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(
      bytes.subarray(body, end),
    );
  } catch {
    return latin1(bytes, body, end);
  }
}

function utf16(bytes: Uint8Array, body: number, end: number): string {
  let out = "";
  for (let i = body; i + 1 < end; i += 2) {
    out += String.fromCharCode((bytes[i] as number) * 256 + (bytes[i + 1] as number));
  }
  return out;
}

function utf32(bytes: Uint8Array, body: number, end: number): string | undefined {
  if ((end - body) % 4 !== 0) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let out = "";
  for (let i = body; i < end; i += 4) {
    const point = view.getUint32(i);
    if (point > 0x10ffff) return undefined;
    out += String.fromCodePoint(point);
  }
  return out;
}
