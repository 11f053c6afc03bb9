/** Deepest structure that is looked into; certificates reach about ten. */
const MAX_DEPTH = 32;

/**
 * The ways in which bytes that are BER are not DER (X.690 §10, §11): `length`, `integer`, `boolean`,
 * `bit-string`. Each once, sorted. Content of OCTET STRINGs is not looked into.
 */
export function derFaults(bytes: Uint8Array): readonly string[] {
  const faults = new Set<string>();
  walk(bytes, 0, bytes.length, 0, faults);
  return [...faults].sort();
}

function walk(bytes: Uint8Array, start: number, end: number, depth: number, faults: Set<string>) {
  let at = start;
  while (at + 2 <= end) {
    const tag = bytes[at] as number;
    let length = bytes[at + 1] as number;
    at += 2;
    if (length >= 0x80) {
      const count = length & 0x7f;
      // The parser has refused such bytes; here they only end the walk.
      if (count === 0 || count > 4 || at + count > end) return;
      if (bytes[at] === 0) faults.add("length");
      length = 0;
      for (let i = 0; i < count; i++) length = length * 256 + (bytes[at++] as number);
      if (length < 0x80) faults.add("length");
    }
    const stop = at + length;
    if (stop > end) return;
    if ((tag & 0x20) !== 0) {
      if (depth < MAX_DEPTH) walk(bytes, at, stop, depth + 1, faults);
    } else primitive(bytes, tag, at, stop, faults);
    at = stop;
  }
}

/** Offsets instead of views: this runs over every byte of every certificate. */
function primitive(
  bytes: Uint8Array,
  tag: number,
  start: number,
  end: number,
  faults: Set<string>,
): void {
  const length = end - start;
  const first = bytes[start] as number;
  if (tag === 0x02 && length > 1) {
    const second = bytes[start + 1] as number;
    const padded = (first === 0 && second < 0x80) || (first === 0xff && second >= 0x80);
    if (padded) faults.add("integer");
  } else if (tag === 0x01) {
    if (length !== 1 || (first !== 0 && first !== 0xff)) faults.add("boolean");
  } else if (tag === 0x03 && length > 1 && first > 0) {
    const last = bytes[end - 1] as number;
    if (first > 7 || (last & ((1 << first) - 1)) !== 0) faults.add("bit-string");
  }
}
